import { BatchNormalization, Conv2D, Dense, Flatten, type Loss, type ModelLoss, Sequential, SGD } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit } from '../src/index.js';
import { evaluateInMicroBatches, fitInMicroBatches } from '../src/runtime.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { LOSSES } from './support/losses.js';
import { OneThread } from './support/one-thread.js';
import { type Batch, lossInput, lossValue, plainUpdate, WholeBatchTraining } from './support/whole-batch.js';

const runtime = new OneThread();
const reference = new OneThread('reference');

const MODELS = {
  dense: () =>
    new Sequential([new Dense({ units: 6, activation: 'tanh' }), new Dense({ units: 3 })], { inputShape: [4] }),
  'batch normalisation': () =>
    new Sequential([new Dense({ units: 6 }), new BatchNormalization(), new Dense({ units: 3, activation: 'tanh' })], {
      inputShape: [4],
    }),
  convolution: () =>
    new Sequential(
      [
        new Conv2D({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
        new BatchNormalization(),
        new Flatten(),
        new Dense({ units: 3 }),
      ],
      { inputShape: [4, 4, 1] },
    ),
};

type ModelName = keyof typeof MODELS;

function examplesFor(model: Sequential, count: number, seed = 1) {
  const size = model.inputShape.reduce((a, b) => a * b, 1);
  return { x: numbers(count * size, seed), y: numbers(count * 3, seed + 1) };
}

function batchOf(model: Sequential, { x, y }: { x: Float32Array; y: Float32Array }, first: number, end: number): Batch {
  return {
    inputs: { input: { data: x, shape: model.inputShape } },
    targets: { [model.outputs[0].name]: { data: y, shape: model.outputShape } },
    numbers: Array.from({ length: end - first }, (_, index) => first + index),
    epoch: 0,
  };
}

/** Makes small gradients visible in the weights. */
const LEARNING_RATE = 16;

async function compare(
  name: ModelName,
  loss: Loss | ModelLoss,
  count: number,
  batchSize: number,
  microBatch: number | undefined,
  on: OneThread,
) {
  const [model, twin] = [MODELS[name](), MODELS[name]()];
  const data = examplesFor(model, count);
  // Weights that are far from their first values, so that nothing is zero.
  for (const each of [model, twin]) {
    each.weights.forEach(({ weight }, which) => {
      weight.assign(numbers(weight.data.length, 9 + which).map((value) => 0.6 + 0.4 * value));
    });
  }
  const options = { loss, batchSize, runtime: on };
  const whole = batchOf(model, data, 0, Math.min(batchSize, count));
  const value = lossValue(loss, lossInput(model, whole, { training: false })).item();
  const one = {
    x: data.x.subarray(0, (whole.numbers.length * data.x.length) / count),
    y: data.y.subarray(0, 3 * whole.numbers.length),
  };
  const { loss: evaluated } = await evaluateInMicroBatches(model, one, options, microBatch);
  expectNear([evaluated], [value], 1e-5, 'evaluate');

  const before = weightsOf(twin);
  const eager = new WholeBatchTraining(twin, [plainUpdate(twin, loss, LEARNING_RATE)]);
  let total = 0;
  for (let first = 0; first < count; first += batchSize) {
    const end = Math.min(count, first + batchSize);
    const [step] = eager.step(batchOf(twin, data, first, end));
    total += step * (end - first);
  }
  const optimizer = new SGD({ learningRate: LEARNING_RATE });
  const history = await fitInMicroBatches(
    model,
    data,
    { ...options, epochs: 1, shuffle: false, optimizer },
    microBatch,
  );
  const change = (to: Float32Array) => to.map((after, index) => after - before[index]);
  expectNear(history.history.loss, [total / count], 1e-4, 'the loss');
  expectNear(change(weightsOf(model)), change(weightsOf(twin)), 1e-3, 'the change of the weights');
  expect(history.microBatchSize).toBe(Math.min(microBatch ?? history.microBatchSize, batchSize, count));
}

describe.each(Object.keys(LOSSES))('a loss that is %s', (name) => {
  it.each(Object.keys(MODELS) as ModelName[])('has the value and gradient of the whole batch: %s', async (model) => {
    for (const microBatch of [1, 2, 3, 7, 11, undefined]) {
      await compare(model, LOSSES[name], 11, 11, microBatch, runtime);
    }
  });

  it('has them with the reference kernels', async () => {
    for (const microBatch of [2, 5]) await compare('batch normalisation', LOSSES[name], 5, 5, microBatch, reference);
  });
});
