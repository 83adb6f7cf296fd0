import { Dense, Sequential } from '@weft/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, fit, predict, WorkerPool } from '../src/index.js';
import { insideOf } from './support/inside.js';
import { smallDense, uniform, weightsOf } from './support/models.js';
import { withTraps } from './support/trap-module.js';

const THREADS = 3;
const data = { x: uniform(64 * 9), y: uniform(64 * 3, 2) };
const options = { epochs: 2, batchSize: 16, validationSplit: 0.25 };

/** A model with work for each worker in the sums of its gradients. */
const wide = () =>
  new Sequential([new Dense({ units: 400, activation: 'tanh' }), new Dense({ units: 3 })], { inputShape: [9] });

let pool: WorkerPool;
let wanted: Float32Array;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: THREADS });
  wanted = await train();
});
afterAll(() => pool.close());

async function train(): Promise<Float32Array> {
  const model = wide();
  await fit(model, data, { ...options, pool });
  return weightsOf(model);
}

/** Does work while programs of some kind trap in a worker. */
async function poisoned(kind: string, victim: number | 'all', work: () => Promise<unknown>): Promise<void> {
  const run = pool.runOnAll.bind(pool);
  pool.runOnAll = (steps) => run(withTraps(steps, kind, victim));
  try {
    await work();
  } finally {
    Reflect.deleteProperty(pool, 'runOnAll');
  }
}

describe('a worker that throws', () => {
  // Each worker has its share of the sums of gradients; micro-batches are drawn by whoever comes first.
  it.each([0, 1, 2])('ends fit with its error while the others wait: worker %i', async (victim) => {
    await poisoned('sum', victim, () => expect(train()).rejects.toThrow('unreachable'));
    expect(await train()).toEqual(wanted);
  });

  it.each(['first', 'sum', 'loss', 'validate'])('ends fit wherever it happens: programs of %s', async (kind) => {
    await poisoned(kind, 'all', () => expect(train()).rejects.toThrow('unreachable'));
    expect(await train()).toEqual(wanted);
  });

  it('ends predict and evaluate', async () => {
    await poisoned('map', 'all', () => expect(predict(wide(), data.x, { pool })).rejects.toThrow('unreachable'));
    await poisoned('evaluate', 'all', () => expect(evaluate(wide(), data, { pool })).rejects.toThrow('unreachable'));
    await expect(predict(wide(), data.x, { pool })).resolves.toHaveLength(64 * 3);
  });
});

describe('a worker that dies', () => {
  it.each([0, 1, 2])('ends fit with an error, and the pool gets another: worker %i', async (victim) => {
    const { piscina, workers } = insideOf(pool);
    const onEpochBegin = (epoch: number) => {
      // One that dies between two epochs is replaced unnoticed: then the next one dies.
      if (epoch % 10 === 3 && workers.areLoaded) setImmediate(() => piscina.threads[victim]?.terminate());
    };
    const training = fit(wide(), data, { ...options, epochs: 100_000, pool, callbacks: [{ onEpochBegin }] });
    await expect(training).rejects.toThrow('worker exited with code');
    expect(await train()).toEqual(wanted);
  });

  it('does not keep a pool from being closed', async () => {
    const other = await WorkerPool.create({ threads: 2 });
    const training = fit(smallDense(), data, { epochs: 100_000, pool: other });
    const outcome = expect(training).rejects.toThrow();
    await other.close();
    await outcome;
    await expect(fit(smallDense(), data, { epochs: 1, pool: other })).rejects.toThrow('The pool is closed');
  });
});
