import { add, mul, random } from '@weft/core';
import type { Sequential } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import {
  type Corruption,
  type ExampleArray,
  type FitOptions,
  fit,
  type History,
  type WorkerPool,
} from '../src/index.js';
import { bytes, smallAutoencoder, smallDense, uniform, weightsOf, withDropout } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';

const noisy: Corruption = (x, { seed, epochKeys }) =>
  add(x, mul(random('normal', x.shape, { seed, stream: 9, keys: epochKeys }), 0.2));

interface Run {
  readonly make: () => Sequential;
  readonly x: ExampleArray;
  readonly y?: Float32Array;
  readonly options: FitOptions;
}

const runs: Readonly<Record<string, Run>> = {
  'a convolutional autoencoder on bytes, with validation': {
    make: smallAutoencoder,
    x: bytes(101 * 36),
    options: { epochs: 2, batchSize: 37, validationSplit: 0.15 },
  },
  'the same with fast math, which is another number on another machine but not with other threads': {
    make: smallAutoencoder,
    x: bytes(101 * 36),
    options: { epochs: 2, batchSize: 37, validationSplit: 0.15, fastMath: true },
  },
  'dense layers, more of them than a slice takes': {
    make: smallDense,
    x: uniform(53 * 9),
    y: uniform(53 * 3, 2),
    options: { epochs: 3, batchSize: 20 },
  },
  'dropout, in batches of one micro-batch and less': {
    make: withDropout,
    x: uniform(31 * 9),
    y: uniform(31 * 3, 2),
    options: { epochs: 2, batchSize: 3, validationSplit: 0.3 },
  },
  'noise drawn anew in every epoch': {
    make: smallAutoencoder,
    x: uniform(41 * 36),
    options: { epochs: 2, batchSize: 41, corrupt: noisy },
  },
};

const pools = poolsOfSeveralSizes();

async function train({ make, x, y, options }: Run, pool: WorkerPool, changed: Partial<FitOptions> = {}) {
  const model = make();
  const history = await fit(model, y ? { x, y } : { x }, { ...options, ...changed, pool });
  return { weights: weightsOf(model), history };
}

const losses = ({ history }: History) => history;

describe.each(Object.keys(runs))('%s', (name) => {
  const run = runs[name];

  it('gives the same bits with 1, 2, 3 and 5 threads', async () => {
    const first = await train(run, pools[0]);
    expect(first.weights).not.toEqual(weightsOf(run.make()));
    for (const pool of pools.slice(1)) {
      const other = await train(run, pool);
      expect(other.weights).toEqual(first.weights);
      expect(losses(other.history)).toEqual(losses(first.history));
    }
  });

  it('gives the same bits again in a pool that has done other work', async () => {
    const [, , pool] = pools;
    const first = await train(run, pool);
    await train(runs['dropout, in batches of one micro-batch and less'], pool);
    expect((await train(run, pool)).weights).toEqual(first.weights);
  });

  it('gives other weights for another seed', async () => {
    const [, pool] = pools;
    const [one, other] = [await train(run, pool, { seed: 1 }), await train(run, pool, { seed: 2 })];
    // The seed decides the order of the examples, so that even without draws it is another run.
    expect(one.weights).not.toEqual(other.weights);
  });
});
