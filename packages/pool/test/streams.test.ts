import { add, mul, random } from '@weft/core';
import { auc, BatchNormalization, Dense, Dropout, Sequential } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CheckpointMismatchError,
  type Corruption,
  EarlyStopping,
  type ExampleStream,
  type Examples,
  evaluate,
  type FitOptions,
  fit,
  predict,
} from '../src/index.js';
import { directory, pools, prepare } from './support/checkpoint-training.js';
import { smallAutoencoder, uniform, weightsOf } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';

prepare();

const COUNT = 37;
const EPOCHS = 3;
const BATCH = 8;
/** Of an epoch; the last one is short. */
const STEPS = 5;

const x = uniform(COUNT * 9);
const y = uniform(COUNT, 2).map((value) => Number(value > 0.5));
const data = { x, y };

function model() {
  const layers = [
    new Dense({ units: 20, activation: 'relu' }),
    new BatchNormalization(),
    new Dropout({ rate: 0.3 }),
    new Dense({ units: 1, activation: 'sigmoid' }),
  ];
  return new Sequential(layers, { inputShape: [9], seed: 2 });
}

/** The same batches in each epoch, except that they begin elsewhere. */
function* batches(epoch: number) {
  for (let step = 0; step < STEPS; step++) {
    const begin = ((step + epoch) % STEPS) * BATCH;
    const end = Math.min(COUNT, begin + BATCH);
    // The largest batch has to be the first.
    if (step > 0 || end - begin === BATCH) yield { x: x.slice(begin * 9, end * 9), y: y.slice(begin, end) };
    else yield { x: x.slice(0, BATCH * 9), y: y.slice(0, BATCH) };
  }
}

async function train(stream: ExampleStream | Examples, options: Partial<FitOptions>, pool = pools[0]) {
  const made = model();
  const usual = {
    epochs: EPOCHS,
    metrics: [auc],
    callbacks: [new EarlyStopping({ monitor: 'loss', patience: 9 })],
    pool,
  };
  const { history, steps } = await fit(made, stream, { ...usual, ...options });
  return { weights: weightsOf(made), history, steps };
}

describe('a stream', () => {
  const several = poolsOfSeveralSizes();

  it('has the bits of arrays, with 1, 2, 3 and 5 threads', async () => {
    const validationData = { x: uniform(BATCH * 9, 5), y: uniform(BATCH, 6).map(Math.round) };
    const held = () => [validationData];
    const wanted = await train(data, { batchSize: BATCH, shuffle: false, validationData });
    for (const pool of several) {
      const options = { validationData: held };
      expect(await train(() => batches(0), options, pool)).toEqual(wanted);
    }
  });

  it('has the draws of arrays, those of each epoch and those that stay', async () => {
    const pictures = uniform(COUNT * 36);
    const cut = () => [0, 8, 16, 24, 32].map((begin) => ({ x: pictures.slice(begin * 36, (begin + 8) * 36) }));
    const noisy =
      (keys: 'exampleKeys' | 'epochKeys'): Corruption =>
      (image, draws) =>
        add(image, mul(random('normal', image.shape, { seed: draws.seed, stream: 9, keys: draws[keys] }), 0.2));
    for (const keys of ['exampleKeys', 'epochKeys'] as const) {
      const options = { epochs: 2, corrupt: noisy(keys), pool: several[1] };
      const [ofArrays, ofStream] = [smallAutoencoder(), smallAutoencoder()];
      await fit(ofArrays, { x: pictures }, { ...options, batchSize: BATCH, shuffle: false });
      await fit(ofStream, cut, options);
      expect(weightsOf(ofStream)).toEqual(weightsOf(ofArrays));
    }
  });

  it('of pictures, in evaluate and predict too', async () => {
    const pictures = uniform(COUNT * 36);
    const cut = () => [0, 8, 16, 24, 32].map((begin) => ({ x: pictures.slice(begin * 36, (begin + 8) * 36) }));
    const network = smallAutoencoder();
    const [pool] = several;
    const losses = await evaluate(network, { x: pictures }, { batchSize: BATCH, pool });
    const outputs = await predict(network, pictures, { batchSize: BATCH, pool });
    for (const other of several) {
      expect(await evaluate(network, cut(), { pool: other })).toEqual(losses);
      expect(await predict(network, cut, { pool: other })).toEqual(outputs);
    }
  });
});

describe('checkpoints of a stream', () => {
  it('let it end with the bits of an undisturbed training, wherever it was interrupted', async () => {
    const wanted = await train(batches, {});
    const cases = fc.record({
      every: fc.constantFrom(1, 2, 3),
      breaks: fc.array(fc.integer({ min: 1, max: EPOCHS * STEPS }), { minLength: 1, maxLength: 3 }),
      stepsPerEpoch: fc.constantFrom({}, { stepsPerEpoch: STEPS }),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ every, breaks, stepsPerEpoch }) => {
        const folder = `${directory}/case-${number++}`;
        const checkpoints = { directory: folder, every: { steps: every } };
        const resumable = { checkpoints, resumeFrom: folder, ...stepsPerEpoch };
        for (const [index, steps] of breaks.entries()) {
          await train(batches, { ...resumable, ...breakingAfter(steps) }, pools[index % 2]);
        }
        expect(await train(batches, resumable, pools[breaks.length % 2])).toEqual(wanted);
      }),
      { numRuns: 8 },
    );
  });

  it('belong to a stream that begins in the same way', async () => {
    const checkpoints = { directory };
    await train(batches, { checkpoints, epochs: 1 });
    const others = () => [{ x: x.map((value) => 1 - value), y }];
    const resumed = train(others, { checkpoints, resumeFrom: directory });
    await expect(resumed).rejects.toThrow(CheckpointMismatchError);
  });
});

/** As `breakingOff`, where callbacks do not know how many steps an epoch has. */
function breakingAfter(steps: number): Pick<FitOptions, 'signal' | 'callbacks'> {
  const controller = new AbortController();
  const onBatchEnd = (batch: number, { epoch }: { readonly epoch: number }) => {
    if (epoch * STEPS + batch + 1 === steps) controller.abort();
  };
  const stopping = new EarlyStopping({ monitor: 'loss', patience: 9 });
  return { signal: controller.signal, callbacks: [stopping, { onBatchEnd }] };
}
