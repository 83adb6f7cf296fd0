import { add, mean, mul, random, sum, table } from '@weft/core';
import { meanAbsoluteError } from '@weft/nn';
import { CONTROL } from '@weft/train/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, fit, mapExamples, predict, WorkerPool } from '../src/index.js';
import { batchOf } from './support/eager.js';
import { bytes, mixedLayers, smallAutoencoder, smallDense, uniform, weightsOf, withDropout } from './support/models.js';

let pool: WorkerPool;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 3 });
});
afterAll(() => pool.close());

const all = (count: number) => Array.from({ length: count }, (_, index) => index);

function expectClose(got: Float32Array, want: Float32Array) {
  expect(got.length).toBe(want.length);
  want.forEach((value, index) => {
    expect(Math.abs(got[index] - value), `number ${index}`).toBeLessThan(1e-5);
  });
}

describe('predict', () => {
  it.each([1, 7, 64, 1024, 1025, 2100, 4097, 8200])('gives what the model gives, for %i examples', async (count) => {
    const model = smallDense();
    const x = uniform(count * 9);
    expectClose(await predict(model, x, { pool }), model.call(batchOf(x, [9], all(count))).toArray());
  });

  it.each([
    ['an autoencoder', smallAutoencoder],
    ['a model of mixed layers', mixedLayers],
    ['a model with dropout, which then does nothing', withDropout],
  ] as const)('gives what the model gives, on bytes: %s', async (_, make) => {
    const model = make();
    const count = 45;
    const x = bytes(count * model.inputShape.reduce((a, b) => a * b));
    expectClose(await predict(model, x, { pool }), model.call(batchOf(x, model.inputShape, all(count))).toArray());
  });

  it('gives the same bits for any number of threads', async () => {
    const [model, x] = [smallAutoencoder(), bytes(1100 * 36)];
    expect(await predict(model, x, { threads: 1 })).toEqual(await predict(model, x, { pool }));
  });

  it('leaves the model as it is', async () => {
    const model = smallDense();
    await predict(model, uniform(90), { pool });
    expect(weightsOf(model)).toEqual(weightsOf(smallDense()));
  });

  it('refuses inputs that are no examples', async () => {
    await expect(predict(smallDense(), new Float32Array(0), { pool })).rejects.toThrow('x: 0 values are not');
    await expect(predict(smallDense(), uniform(10), { pool })).rejects.toThrow('shape [9], which take 9 each');
  });

  it('ends with the reason of a signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(predict(smallDense(), uniform(9), { pool, signal })).rejects.toThrow('enough');
    await expect(predict(smallDense(), uniform(9), { pool })).resolves.toHaveLength(3);
  });
});

describe('an option that there is not is refused, with those that there are', () => {
  const verbose = { verbose: 1 };
  const known = 'pool, threads, batchSize, corrupt, seed, signal, convolution, fastMath';
  it.each<[string, string, () => Promise<unknown>]>([
    ['predict', `${known}, steps`, () => predict(smallDense(), uniform(9), verbose as object)],
    [
      'evaluate',
      `${known}, steps, loss, lossWeights, metrics`,
      () => evaluate(smallDense(), { x: uniform(9), y: uniform(3) }, verbose as object),
    ],
    ['mapExamples', known, () => mapExamples((x) => x, uniform(9), [9], verbose as object)],
    ['WorkerPool.create', 'threads, kernels, simd', () => WorkerPool.create(verbose as object)],
  ])('by %s', async (name, options, call) => {
    await expect(call()).rejects.toThrow(`${name}: there is no option 'verbose'. The options are ${options}.`);
  });
});

describe('evaluate', () => {
  it.each([1, 50, 1030])('gives the loss of all examples together, %i of them', async (count) => {
    const model = smallDense();
    const [x, y] = [uniform(count * 9), uniform(count * 3, 2)];
    const losses = meanAbsoluteError(model.call(batchOf(x, [9], all(count))), batchOf(y, [3], all(count)));
    const { loss } = await evaluate(model, { x, y }, { pool, loss: meanAbsoluteError });
    expect(loss).toBeCloseTo(mean(losses).item(), 5);
  });

  it('ends after the running batch with the reason of a signal', async () => {
    const count = 100_000;
    const examples = { x: uniform(count * 9), y: uniform(count * 3, 2) };
    const controller = new AbortController();
    const evaluating = evaluate(smallDense(), examples, { pool, batchSize: 1, signal: controller.signal });
    const run = pool.runOnAll.bind(pool);
    pool.runOnAll = (work) => {
      // When the workers are at work, and long before they could be done.
      setImmediate(() => controller.abort(new Error('enough')));
      return run(work);
    };
    try {
      await expect(evaluating).rejects.toThrow('enough');
    } finally {
      Reflect.deleteProperty(pool, 'runOnAll');
    }
    expect(pool.control[CONTROL.steps]).toBeLessThan(count);
  });

  it('corrupts inputs and not targets', async () => {
    const model = smallAutoencoder();
    const x = uniform(20 * 36);
    const images = batchOf(x, [6, 6, 1], all(20));
    const output = model.call(mul(images, 0.5)).toArray();
    const want = output.reduce((total, value, index) => total + (value - x[index]) ** 2, 0) / output.length;
    const { loss } = await evaluate(model, { x }, { pool, corrupt: (image) => mul(image, 0.5) });
    expect(loss).toBeCloseTo(want, 5);
  });
});

describe('mapExamples', () => {
  it('gives the function of each example, whatever its shape', async () => {
    const count = 1500;
    const x = uniform(count * 4);
    const sums = await mapExamples((images) => sum(images, [1, 2]), x, [2, 2], { pool });
    const want = all(count).map((row) => x.subarray(4 * row, 4 * row + 4).reduce((a, b) => a + b));
    expectClose(sums, Float32Array.from(want));
    expect(await mapExamples((images) => images, x, [2, 2], { pool })).toEqual(x);
  });

  it('draws for an example by its number and the seed alone', async () => {
    const count = 1100;
    const noise = (seed: number, examples: number) =>
      mapExamples(
        (x, draws) => add(mul(x, 0), random('normal', x.shape, { seed: draws.seed, keys: draws.exampleKeys })),
        new Float32Array(examples * 3),
        [3],
        { pool, seed },
      );
    const keys = Uint32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
    const want = random('normal', [count, 3], { seed: 5, keys: table(keys, [count, 2]) }).toArray();
    expect(await noise(5, count)).toEqual(want);
    expect(await noise(5, 10)).toEqual(want.subarray(0, 30));
    expect(await noise(6, 10)).not.toEqual(want.subarray(0, 30));
  });

  it('refuses functions that do not give a result for each example', async () => {
    await expect(mapExamples((x) => sum(x, 0), uniform(12), [4], { pool })).rejects.toThrow(
      'mapExamples: the function gives [4] for 1 examples; expected [1,...]',
    );
  });
});

describe('a pool', () => {
  const data = { x: uniform(60 * 9), y: uniform(60 * 3) };

  it('does one thing at a time, and says so', async () => {
    const first = fit(smallDense(), data, { epochs: 2, pool });
    const others = [fit(smallDense(), data, { epochs: 1, pool }), predict(smallDense(), data.x, { pool })];
    for (const outcome of await Promise.allSettled(others)) {
      const message = 'The pool is in use by another fit or predict. Wait for it to end, or make a second pool.';
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message } });
    }
    expect((await first).history.loss.length).toBe(2);
    await expect(predict(smallDense(), data.x, { pool })).resolves.toHaveLength(180);
  });

  it('gives its memory back after each use', async () => {
    const mark = pool.memory.mark();
    const use = async () => {
      await fit(smallDense(), data, { epochs: 1, pool });
      await predict(smallDense(), data.x, { pool });
      return pool.memory.memory.buffer.byteLength;
    };
    const bytesUsed = await use();
    for (let round = 0; round < 3; round++) expect(await use()).toBe(bytesUsed);
    expect(pool.memory.mark()).toBe(mark);
  });

  it.each([0, 1.5, Number.NaN, 5000])('is not made of %d threads', async (threads) => {
    await expect(WorkerPool.create({ threads })).rejects.toThrow(
      `threads: got ${threads}; expected a whole number from 1 to 1024`,
    );
  });
});
