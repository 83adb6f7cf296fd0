import { add, mean, mul, sqrt, square, sub, sum } from '@weft/core';
import { Dense, type Loss, type ModelLoss, Sequential, SGD } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../src/index.js';
import { evaluateInMicroBatches, fitInMicroBatches } from '../src/runtime.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { LOSSES } from './support/losses.js';
import { OneThread } from './support/one-thread.js';
import { batchOf, type Data, examplesFor, MODELS, type ModelName, range, setWeights } from './support/small-models.js';
import { lossInput, lossValue, plainUpdate, WholeBatchTraining } from './support/whole-batch.js';

const runtime = new OneThread();
const reference = new OneThread('reference');

interface Case {
  readonly model: ModelName;
  readonly loss: Loss | ModelLoss;
  readonly count: number;
  readonly batchSize: number;
  readonly microBatch?: number | undefined;
  readonly isWeighted?: boolean;
}

/** Makes small gradients of one step visible in the weights; several steps must not diverge. */
const learningRateOf = ({ count, batchSize, model }: Case) =>
  count <= batchSize ? 16 : model === 'convolution' ? 0.002 : 0.01;

function prepare({ model: name, count, isWeighted }: Case) {
  const model = MODELS[name]();
  setWeights(model);
  const sampleWeight = isWeighted ? { sampleWeight: numbers(count, 7).map((value) => 1 + value) } : {};
  return { model, data: { ...examplesFor(model, count), ...sampleWeight } };
}

/** The loss that evaluate gives is that of the whole batch. */
async function compareEvaluation(each: Case, on: OneThread) {
  const { model, data } = prepare(each);
  const { loss, count, batchSize, microBatch } = each;
  let total = 0;
  for (let first = 0; first < count; first += batchSize) {
    const batch = batchOf(model, data, range(first, Math.min(count, first + batchSize)));
    total += lossValue(loss, lossInput(model, batch, { training: false })).item() * batch.numbers.length;
  }
  const evaluation = await evaluateInMicroBatches(model, data, { loss, batchSize, runtime: on }, microBatch);
  expectNear([evaluation.loss], [total / count], 1e-4, 'evaluate');
}

/** The loss that fit gives, and what it does to weights and state, are those of steps on whole batches. */
async function compareSteps(each: Case, on: OneThread) {
  const { model, data } = prepare(each);
  const { model: twin } = prepare(each);
  const { loss, count, batchSize, microBatch } = each;
  const before = weightsOf(twin);
  const eager = new WholeBatchTraining(twin, [plainUpdate(twin, loss, learningRateOf(each))]);
  let total = 0;
  for (let first = 0; first < count; first += batchSize) {
    const numbersOf = range(first, Math.min(count, first + batchSize));
    const [value] = eager.step(batchOf(twin, data, numbersOf));
    total += value * numbersOf.length;
  }
  const optimizer = new SGD({ learningRate: learningRateOf(each) });
  const options = { loss, batchSize, epochs: 1, shuffle: false, optimizer, runtime: on };
  const history = await fitInMicroBatches(model, data, options, microBatch);
  expectNear(history.history.loss, [total / count], 1e-4, 'the loss');
  const change = (to: Float32Array) => to.map((after, index) => after - before[index]);
  expectNear(change(weightsOf(model)), change(weightsOf(twin)), 2e-3, 'the change of the weights', 1e-3);
  expect(history.microBatchSize).toBe(Math.min(microBatch ?? history.microBatchSize, batchSize, count));
}

describe.each(Object.keys(LOSSES))('a loss that is %s', (name) => {
  const loss = LOSSES[name];

  it.each(Object.keys(MODELS) as ModelName[])('has the value and gradient of the whole batch: %s', async (model) => {
    const count = 11;
    for (const microBatch of [1, 2, 3, 7, 11, undefined]) {
      await compareEvaluation({ model, loss, count, batchSize: count, microBatch }, runtime);
      await compareSteps({ model, loss, count, batchSize: count, microBatch }, runtime);
    }
  });

  it('has them with the reference kernels', async () => {
    for (const microBatch of [2, 5]) {
      const each = { model: 'batch normalisation', loss, count: 5, batchSize: 5, microBatch } as const;
      await compareEvaluation(each, reference);
      await compareSteps(each, reference);
    }
  });
});

describe('any loss, in any batches', () => {
  const cases = fc.record({
    model: fc.constantFrom(...(Object.keys(MODELS) as ModelName[])),
    loss: fc.constantFrom(...Object.keys(LOSSES)),
    count: fc.integer({ min: 1, max: 13 }),
    // A last batch of one example, or a batch for more examples than there are, come up often.
    batchSize: fc.constantFrom(1, 2, 3, 4, 6, 12, 100),
    microBatch: fc.constantFrom(1, 2, 3, 5),
    isWeighted: fc.boolean(),
  });

  it('has the values and gradients of whole batches', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ loss: name, ...each }) => {
        const loss = LOSSES[name];
        const isOneNumber = ['the root of the mean', 'the sum', 'the maximum', 'the largest of sums'].includes(name);
        const whole = { ...each, loss, isWeighted: each.isWeighted && !isOneNumber };
        await compareEvaluation(whole, runtime);
        await compareSteps(whole, runtime);
      }),
      { numRuns: 40 },
    );
  });
});

describe('400 examples in one batch, in many micro-batches', () => {
  const count = 400;
  const model = () => new Sequential([new Dense({ units: 1, kernelInitializer: 'ones' })], { inputShape: [1] });
  const data: Data = { x: Float32Array.from({ length: count }, (_, i) => (i % 97) / 16), y: new Float32Array(count) };
  const errors = [...data.x].map((value) => value ** 2);
  const total = errors.reduce((a, b) => a + b);
  const wanted: readonly [string, Loss, number][] = [
    ['the root of the mean', (p, t) => sqrt(mean(square(sub(p, t)))), Math.sqrt(total / count)],
    ['the sum', (p, t) => sum(square(sub(p, t))), total],
    ['the maximum', (p, t) => LOSSES['the maximum'](p as never, t as never), Math.max(...data.x)],
  ];

  it.each(wanted)('have %s of all of them', async (_, loss, value) => {
    for (const microBatch of [undefined, 1, 7, 64, 400]) {
      const options = { loss, batchSize: count, runtime };
      expectNear([(await evaluateInMicroBatches(model(), data, options, microBatch)).loss], [value], 1e-6);
      const fitting = { ...options, epochs: 1, optimizer: new SGD({ learningRate: 0 }) };
      const { history } = await fitInMicroBatches(model(), data, fitting, microBatch);
      expectNear(history.loss, [value], 1e-6);
    }
  });

  it('are evaluated by a loss of each, whatever the batch', async () => {
    const loss: Loss = (p, t) => mean(square(sub(p, t)), 1);
    for (const batchSize of [1, 3, 256, 399, 400, 1000]) {
      const evaluation = await evaluate(model(), data, { loss, batchSize, runtime });
      expectNear([evaluation.loss], [total / count], 1e-6);
    }
  });
});

describe('a model that is so large that micro-batches share their sums', () => {
  it('has the gradient of the whole batch', async () => {
    const [size, count] = [800, 40];
    const build = () => {
      const model = new Sequential([new Dense({ units: size, kernelInitializer: 'zeros' })], { inputShape: [size] });
      model.weights[0].weight.assign(numbers(size * size, 3).map((value) => value / 28));
      return model;
    };
    const data = { x: numbers(size * count, 1), y: numbers(size * count, 2) };
    const [model, twin] = [build(), build()];
    const options = { epochs: 1, batchSize: count, optimizer: new SGD({ learningRate: 100 }), shuffle: false, runtime };
    const { history } = await fitInMicroBatches(model, data, options, 1);
    const batch = batchOf(twin, data, range(0, count));
    const [loss] = new WholeBatchTraining(twin, [plainUpdate(twin, LOSSES['the mean'], 100)]).step(batch);
    expectNear(history.loss, [loss], 1e-5);
    expectNear(weightsOf(model), weightsOf(twin), 1e-5);
  });
});

describe('weights of examples', () => {
  const model = 'dense' as const;

  it('multiply their losses, which are divided by the count of examples', async () => {
    const loss = LOSSES['the mean'];
    for (const microBatch of [1, 4, undefined]) {
      const each = { model, loss, count: 10, batchSize: 4, microBatch, isWeighted: true };
      await compareEvaluation(each, runtime);
      await compareSteps(each, runtime);
    }
  });

  it('of zero take examples away from the gradient, and halve the mean if they are half of all', async () => {
    const { model: built, data } = prepare({ model, loss: LOSSES['the mean'], count: 8, batchSize: 8 });
    const sampleWeight = Float32Array.from({ length: 8 }, (_, index) => Number(index < 4));
    const half = { x: data.x.subarray(0, 16), y: data.y.subarray(0, 12) };
    const weighted = await evaluate(built, { ...data, sampleWeight }, { runtime });
    const alone = await evaluate(built, half, { runtime });
    expectNear([2 * weighted.loss], [alone.loss], 1e-6);
  });

  it('are what a loss of the whole model does with them', async () => {
    const whole: ModelLoss = ({ outputs, targets, sampleWeight }) => {
      const [name] = Object.keys(outputs);
      const errors = mean(square(sub(outputs[name], targets[name])), 1);
      return sampleWeight ? add(sum(mul(errors, sampleWeight)), 0) : sum(errors);
    };
    const each = { model, loss: whole, count: 6, batchSize: 6, microBatch: 2, isWeighted: true };
    await compareEvaluation(each, runtime);
    await compareSteps(each, runtime);
  });

  it('are refused by a loss that gives one number for the batch', async () => {
    const each = { model, loss: LOSSES['the sum'], count: 6, batchSize: 6, isWeighted: true };
    await expect(compareSteps(each, runtime)).rejects.toThrow(
      'loss: the loss gives one number for the batch, which sampleWeight cannot weigh. Return [6].',
    );
  });
});
