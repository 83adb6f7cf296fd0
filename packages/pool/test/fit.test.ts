import { add, mean, mul, reshape } from '@weft/core';
import {
  Activation,
  Adam,
  binaryCrossentropy,
  type CallContext,
  Dense,
  Flatten,
  meanAbsoluteError,
  meanSquaredError,
  type Optimizer,
  Reshape,
  Sequential,
  SGD,
  trainStep,
} from '@weft/nn';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BatchLogs, evaluate, type FitOptions, fit, WorkerPool } from '../src/index.js';
import { batchOf, relativeDistance } from './support/eager.js';
import { bytes, mixedLayers, smallAutoencoder, smallDense, uniform, weightsOf } from './support/models.js';

let pool: WorkerPool;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
});
afterAll(() => pool.close());

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  SGD: () => new SGD({ learningRate: 0.1 }),
  'SGD with Nesterov momentum': () => new SGD({ learningRate: 0.05, momentum: 0.8, nesterov: true }),
  Adam: () => new Adam({ learningRate: 0.01 }),
};

describe('fit', () => {
  describe.each(Object.keys(optimizers))('with %s', (name) => {
    it.each([
      ['a small autoencoder', smallAutoencoder, meanSquaredError],
      ['dense layers', smallDense, meanAbsoluteError],
      ['a model of mixed layers', mixedLayers, binaryCrossentropy],
    ] as const)('takes the steps of a computation on whole batches: %s', async (_, make, loss) => {
      const cases = fc.record({
        count: fc.integer({ min: 2, max: 60 }),
        steps: fc.integer({ min: 1, max: 3 }),
        split: fc.constantFrom(0, 0.25),
        epochs: fc.integer({ min: 1, max: 2 }),
        isBytes: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(cases, async ({ count, steps, split, epochs, isBytes }) => {
          const trainCount = Math.floor(count * (1 - split));
          const batchSize = Math.ceil(trainCount / steps);
          const [model, twin] = [make(), make()];
          const { inputShape, outputShape } = model;
          const x = (isBytes ? bytes : uniform)(count * sizeOf(inputShape), 1);
          const y = uniform(count * sizeOf(outputShape), 2);
          const options = { epochs, batchSize, validationSplit: split, shuffle: false, loss, pool };
          const history = await fit(model, { x, y }, { ...options, optimizer: optimizers[name]() });

          const step = trainStep(twin, optimizers[name]());
          const lossOf = (from: number, to: number, context?: CallContext) => {
            const output = twin.call(batchOf(x, inputShape, range(from, to)), context);
            return loss(output, batchOf(y, outputShape, range(from, to)));
          };
          for (let epoch = 0; epoch < epochs; epoch++) {
            let total = 0;
            for (let begin = 0; begin < trainCount; begin += batchSize) {
              const end = Math.min(begin + batchSize, trainCount);
              total += step((context) => lossOf(begin, end, context)).loss * (end - begin);
            }
            expect(history.history.loss[epoch]).toBeCloseTo(total / trainCount, 5);
            if (split > 0)
              expect(history.history.val_loss?.[epoch]).toBeCloseTo(mean(lossOf(trainCount, count)).item(), 5);
          }
          expect(relativeDistance(weightsOf(model), weightsOf(twin))).toBeLessThan(1e-4);
        }),
        { numRuns: 2 },
      );
    });
  });

  it('says in its history what happened, an entry an epoch', async () => {
    const count = 40;
    const history = await fit(
      smallAutoencoder(),
      { x: bytes(count * 36) },
      { epochs: 3, batchSize: 8, validationSplit: 0.25, pool },
    );
    for (const entries of [history.history.loss, history.history.val_loss]) {
      expect(entries?.length).toBe(3);
      expect(entries?.every((entry) => Number.isFinite(entry) && entry > 0)).toBe(true);
    }
    expect(history.seconds.map(Number.isFinite)).toEqual([true, true, true]);
    expect(history.examplesPerSecond).toEqual(history.seconds.map((seconds) => 30 / seconds));
    expect(history).toMatchObject({ steps: 3 * 4, aborted: false });
    expect(history.convolutions.map(({ input, weight }) => [input.slice(1), weight])).toEqual([
      [
        [6, 6, 1],
        [3, 3, 1, 8],
      ],
      [
        [3, 3, 8],
        [3, 3, 8, 8],
      ],
      [
        [3, 3, 8],
        [3, 3, 8, 1],
      ],
    ]);
    const plain = await fit(smallDense(), { x: uniform(90), y: uniform(30) }, { epochs: 1, batchSize: 10, pool });
    expect(plain.history.val_loss).toBeUndefined();
  });

  it('takes inputs as targets in the shape of the output', async () => {
    const layers = () => [new Flatten(), new Dense({ units: 4 }), new Reshape({ targetShape: [2, 2] })];
    const build = () => new Sequential(layers(), { inputShape: [2, 2] });
    const x = uniform(4 * 4);
    const [own, given] = [build(), build()];
    await fit(own, { x }, { epochs: 1, batchSize: 4, pool });
    await fit(given, { x, y: x }, { epochs: 1, batchSize: 4, pool });
    expect(weightsOf(own)).toEqual(weightsOf(given));
  });

  it('learns nearly the same with the reference kernels', async () => {
    const reference = await WorkerPool.create({ threads: 2, kernels: 'reference' });
    try {
      const losses = async (workers: WorkerPool) => {
        const options: FitOptions = { epochs: 2, batchSize: 8, validationSplit: 0.2, pool: workers };
        const { history } = await fit(smallAutoencoder(), { x: bytes(30 * 36) }, options);
        return [...history.loss, ...(history.val_loss ?? [])];
      };
      const [slow, fast] = [await losses(reference), await losses(pool)];
      expect([slow.length, fast.length]).toEqual([4, 4]);
      slow.forEach((loss, which) => {
        expect(Math.abs(loss / fast[which] - 1)).toBeLessThan(1e-4);
      });
    } finally {
      await reference.close();
    }
  });

  it("works with an optimizer of one's own", async () => {
    const halving: Optimizer = {
      name: 'halving',
      learningRate: 0.5,
      slots: ['sum'],
      scalars: (step) => [step],
      update: ({ parameter, state: [sum], scalars }) => ({
        parameter: mul(parameter, 0.5),
        state: [add(sum, reshape(scalars, []))],
      }),
      config: () => ({}),
    };
    const [model, first] = [smallDense(), weightsOf(smallDense())];
    await fit(model, { x: uniform(90), y: uniform(30) }, { epochs: 2, batchSize: 5, optimizer: halving, pool });
    expect(weightsOf(model)).toEqual(first.map((weight) => weight / 16));
  });
});

/** A model without weights, whose loss on an example is that example's number squared. */
const numbered = () => new Sequential([new Activation({ activation: 'linear' })], { inputShape: [1] });

/** The numbers of the examples in the order in which they are met, an array an epoch, from the losses of the steps. */
async function orderOf(count: number, options: Omit<FitOptions, 'batchSize'>) {
  const met: number[][] = [];
  const x = Float32Array.from({ length: count }, (_, index) => index);
  const onBatchEnd = (_: number, { epoch, batchLoss }: BatchLogs) => {
    met[epoch] ??= [];
    met[epoch].push(Math.sqrt(batchLoss));
  };
  const y = new Float32Array(count);
  const history = await fit(numbered(), { x, y }, { ...options, batchSize: 1, callbacks: [{ onBatchEnd }] });
  return { met, history };
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

describe('the order of examples', () => {
  it('is theirs without shuffling', async () => {
    const { met } = await orderOf(40, { epochs: 2, shuffle: false, pool });
    expect(met).toEqual([range(0, 40), range(0, 40)]);
  });

  it('is another in every epoch and for every seed, and meets each example once', async () => {
    const { met } = await orderOf(40, { epochs: 2, seed: 1, pool });
    const { met: other } = await orderOf(40, { epochs: 1, seed: 2, pool });
    expect([...met, ...other].map(sorted)).toEqual([range(0, 40), range(0, 40), range(0, 40)]);
    expect(met[0]).not.toEqual(range(0, 40));
    expect(met[1]).not.toEqual(met[0]);
    expect(other[0]).not.toEqual(met[0]);
  });

  it('does not depend on the number of threads', async () => {
    const run = async (threads: number) => (await orderOf(30, { epochs: 2, seed: 3, threads })).met;
    expect(await run(3)).toEqual(await run(1));
  });
});

describe('validationSplit', () => {
  it('takes the last part, before shuffling, and never trains on it', async () => {
    const { met, history } = await orderOf(50, { epochs: 2, validationSplit: 0.3, pool });
    expect(met.map(sorted)).toEqual([range(0, 35), range(0, 35)]);
    const mean = range(35, 50).reduce((total, index) => total + index ** 2, 0) / 15;
    expect(history.history.val_loss).toHaveLength(2);
    for (const loss of history.history.val_loss ?? []) expect(loss).toBeCloseTo(mean, 2);
  });

  it('gives the loss that evaluate gives for that part', async () => {
    const model = smallDense();
    const [x, y] = [uniform(40 * 9), uniform(40 * 3, 2)];
    const { history } = await fit(model, { x, y }, { epochs: 1, batchSize: 16, validationSplit: 0.5, pool });
    const last = { x: x.subarray(20 * 9), y: y.subarray(20 * 3) };
    expect(history.val_loss?.[0]).toBeCloseTo((await evaluate(model, last, { pool })).loss, 6);
  });
});

describe('the default batch', () => {
  it.each([1, 10, 31, 32, 33])('is 32 examples, or all where there are fewer: %i', async (count) => {
    const data = { x: uniform(count * 9), y: uniform(count * 3, 2) };
    const [own, given] = [smallDense(), smallDense()];
    const history = await fit(own, data, { epochs: 1, pool });
    await fit(given, data, { epochs: 1, batchSize: Math.min(32, count), pool });
    expect(history.steps).toBe(Math.ceil(count / 32));
    expect(weightsOf(own)).toEqual(weightsOf(given));
  });
});

describe('fit refuses', () => {
  const data = { x: uniform(20 * 9), y: uniform(20 * 3) };
  const good: FitOptions = { epochs: 1, batchSize: 4 };

  it.each([
    ['epochs: got 0; expected a whole number from 1', { epochs: 0 }],
    ['epochs: got NaN', { epochs: Number.NaN }],
    ['epochs: got 1.5', { epochs: 1.5 }],
    ['batchSize: got 0', { batchSize: 0 }],
    ['validationSplit: got 1; expected a number from 0 to below 1', { validationSplit: 1 }],
    ['validationSplit: got NaN', { validationSplit: Number.NaN }],
    ['validationSplit: 0.99 of 20 examples leaves none to train on', { validationSplit: 0.99 }],
    ['seed: got -1; expected a whole number from 0', { seed: -1 }],
    ['threads: got 0; expected a whole number from 1', { threads: 0 }],
    ["batchSize: got '4'; expected a whole number from 1.", { batchSize: '4' as never }],
    ["epochs: got '3'; expected a whole number from 1", { epochs: '3' as never }],
    ["validationSplit: got '0.2'; expected a number", { validationSplit: '0.2' as never }],
    ["loss: got 'mse'; expected a function, such as meanSquaredError of @weft/nn", { loss: 'mse' as never }],
    ["optimizer: got 'adam'; expected an optimiser of @weft/nn, such as new Adam()", { optimizer: 'adam' as never }],
    ['optimizer: got the function or class Adam; expected', { optimizer: Adam as never }],
    ['callbacks: got an object of onEpochEnd; expected an array', { callbacks: { onEpochEnd() {} } as never }],
    ['pool: got a value of Promise; expected', { pool: Promise.resolve() as never }],
  ])('%s', async (message, options) => {
    await expect(fit(smallDense(), data, { ...good, ...options })).rejects.toThrow(message);
  });

  it.each(['validation_data', 'validation_split', 'verbose'])('an option that there is not: %s', async (name) => {
    await expect(fit(smallDense(), data, { ...good, [name]: 1 })).rejects.toThrow(
      `fit: there is no option '${name}'. The options are epochs, initialEpoch, batchSize, `,
    );
  });

  it('a call that lacks the model, the examples or the options, and says which', async () => {
    const none = undefined as never;
    await expect(fit(none, data, good)).rejects.toThrow(
      'fit: the model is undefined; expected a Sequential or a Model. Make one',
    );
    await expect(fit({ model: smallDense() } as never, data, good)).rejects.toThrow('Give its property model.');
    await expect(fit(smallDense(), none, good)).rejects.toThrow('fit: the examples are undefined; expected an object');
    await expect(fit(smallDense(), data, none)).rejects.toThrow(
      'fit: the options are undefined; expected an object, such as { epochs: 10 }',
    );
    await expect(fit(smallDense(), data, {} as never)).rejects.toThrow('epochs: got undefined; expected a whole');
  });

  it('nested arrays, and says how to make what it takes', async () => {
    await expect(fit(smallDense(), { x: [[1, 2]] as never }, good)).rejects.toThrow(
      'x: got an array of arrays; expected a Float32Array, an Int32Array, or { data, scale, shape }. Give Float32Array.from(x.flat(Infinity)).',
    );
  });

  it('examples that do not fit the model', async () => {
    const fitting = (x: Float32Array, y?: Float32Array) => fit(smallDense(), y ? { x, y } : { x }, { ...good, pool });
    await expect(fitting(uniform(10), uniform(3))).rejects.toThrow(
      'x: 10 values are not a whole number of examples of shape [9], which take 9 each',
    );
    await expect(fitting(new Float32Array(0))).rejects.toThrow('x: 0 values');
    await expect(fitting(uniform(18), uniform(9))).rejects.toThrow('y: it holds 3 examples, but x holds 2.');
    await expect(fitting(uniform(18))).rejects.toThrow(
      "y: there is no target for the output 'dense_1' of sequential, which makes [3] of inputs [9]. Give y.",
    );
    await expect(fitting([1, 2, 3] as never)).rejects.toThrow(
      'x: got an array of 3; expected a Float32Array, an Int32Array, or { data, scale, shape }. Give Float32Array.from(x).',
    );
  });
});
