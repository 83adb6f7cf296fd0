import { statistics } from '@weft/core/program';
import { meanAbsoluteError } from '@weft/nn';
import { isSmall } from '@weft/train/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, mapExamples, predict, WorkerPool } from '../src/index.js';
import { bytes, mixedLayers, smallAutoencoder, smallDense, uniform } from './support/models.js';

let pool: WorkerPool;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 3 });
});
afterAll(() => pool.close());

/** Programs compiled while something is done. */
async function compilations(work: () => Promise<unknown>): Promise<number> {
  const before = statistics.compilations;
  await work();
  return statistics.compilations - before;
}

describe('a few examples', () => {
  const models = [smallDense, smallAutoencoder, mixedLayers];
  const cases = models.flatMap((make) => [1, 2, 9, 32].map((count) => [make.name, count, make] as const));

  it.each(cases)('have the same bits in the thread that asks and on a pool: %s, %i', async (_, count, make) => {
    const model = make();
    const x = bytes(count * model.inputShape.reduce((a, b) => a * b));
    expect(await predict(model, x)).toEqual(await predict(model, x, { pool }));
    const y = await predict(model, x, { pool });
    const options = { loss: meanAbsoluteError };
    expect(await evaluate(model, { x, y }, options)).toEqual(await evaluate(model, { x, y }, { ...options, pool }));
  });

  it('may be asked for many times at once', async () => {
    const model = smallDense();
    const inputs = Array.from({ length: 12 }, (_, which) => uniform((1 + (which % 4)) * 9, which));
    const want = [];
    for (const x of inputs) want.push(await predict(model, x, { pool }));
    expect(await Promise.all(inputs.map((x) => predict(model, x)))).toEqual(want);
  });

  it('leave the thread that asks able to go on after an error', async () => {
    const fails = () => {
      throw new Error('no');
    };
    await expect(mapExamples(fails, uniform(9), [9])).rejects.toThrow('no');
    const model = smallDense();
    expect(await predict(model, uniform(9))).toEqual(await predict(model, uniform(9), { pool }));
  });

  it('start no thread, unless that is asked for', async () => {
    let started = 0;
    const count = () => void started++;
    process.on('worker', count);
    await predict(smallDense(), uniform(9));
    expect(started).toBe(0);
    await predict(smallDense(), uniform(9), { threads: 2 });
    expect(started).toBe(2);
    process.off('worker', count);
  });

  it('are few where the model is large', () => {
    expect(isSmall({ examples: 32, weights: 10_000 })).toBe(true);
    expect(isSmall({ examples: 33, weights: 10_000 })).toBe(false);
    expect(isSmall({ examples: 1, weights: 25_000_000 })).toBe(false);
  });
});

describe('what is predicted or evaluated again', () => {
  it.each([
    ['in the thread that asks', () => ({})],
    ['on a pool', () => ({ pool })],
  ])('is compiled once for all models of the same shapes, whatever their weights are: %s', async (_, place) => {
    const [model, other] = [smallAutoencoder(), smallAutoencoder()];
    const x = bytes(5 * 36);
    for (const { weight } of other.weights) weight.assign(weight.data.map((value) => value * 0.75 + 0.01));
    const first = await predict(model, x, place());
    await evaluate(model, { x, y: x }, place());
    const results: Float32Array[] = [];
    const again = await compilations(async () => {
      results.push(await predict(model, x, place()), await predict(other, x, place()));
      await evaluate(other, { x, y: x }, place());
      for (const [which, { weight }] of model.weights.entries()) weight.assign(other.weights[which].weight.data);
      results.push(await predict(model, x, place()));
    });
    expect(again).toBe(0);
    expect(results[0]).toEqual(first);
    expect(results[1]).not.toEqual(first);
    expect(results[2]).toEqual(results[1]);
  });

  it('is compiled anew for another number of examples', async () => {
    const model = smallDense();
    await predict(model, uniform(5 * 9), { pool });
    expect(await compilations(() => predict(model, uniform(6 * 9), { pool }))).toBeGreaterThan(0);
  });
});
