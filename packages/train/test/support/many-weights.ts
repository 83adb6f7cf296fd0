import { add, mul, reshape, slice, square, sub, sum, type Tensor } from '@weft/core';
import { BaseLayer, type LayerOptions, type ModelLoss, type Optimizer, Sequential } from '@weft/nn';
import { expect } from 'vitest';
import { fit } from '../../src/index.js';
import { expectNear, numbers, weightsOf } from './close.js';
import { OneThread } from './one-thread.js';
import { range } from './small-models.js';
import { type Batch, WholeBatchTraining } from './whole-batch.js';

export const runtime = new OneThread();

/** Sizes on both sides of a cache line, and of a slice of an update. */
const SIZES = [1, 15, 16, 17, 1023, 1025, 5000, 2, 1024];

/** Holds weights of many shapes, and hands on its input. */
class Many extends BaseLayer {
  constructor(options: LayerOptions = {}) {
    super('Many', options, []);
  }
  outputShape(shape: readonly number[]) {
    return shape;
  }
  override weightSpecifications() {
    const vectors = SIZES.map((size) => ({ name: `w${size}`, shape: [size], initializer: 'ones' as const }));
    return [...vectors, { name: 'square', shape: [40, 40], initializer: 'ones' as const }];
  }
  call(x: Tensor) {
    return x;
  }
  protected options() {
    return {};
  }
}

export function build() {
  const model = new Sequential([new Many({ name: 'many' })], { inputShape: [1] });
  model.weights.forEach(({ weight }, which) => {
    weight.assign(numbers(weight.data.length, which + 3));
  });
  return model;
}

/** Each weight's gradient is a multiple of itself and of the mean of the inputs, so that it changes from step to step. */
export const loss: ModelLoss = ({ inputs, weights }) => {
  const parts = Object.values(weights).map((weight, which) => mul(sum(square(weight)), 0.5 + which / 8));
  return mul(
    parts.reduce((a, b) => add(a, b)),
    add(1, reshape(inputs.input, [-1])),
  );
};

const COUNT = 7;
export const x = numbers(COUNT, 2);
const BATCH = 3;

export async function compare(optimizer: () => Optimizer, epochs = 2) {
  const [model, twin] = [build(), build()];
  await fit(model, { x }, { loss, optimizer: optimizer(), epochs, batchSize: BATCH, shuffle: false, runtime });
  const eager = new WholeBatchTraining(twin, [{ loss, weights: twin.weights, optimizer: optimizer() }]);
  for (const epoch of range(0, epochs)) {
    for (let first = 0; first < COUNT; first += BATCH) {
      const batch: Batch = {
        inputs: { input: { data: x, shape: [1] } },
        targets: {},
        numbers: range(first, Math.min(COUNT, first + BATCH)),
        epoch,
      };
      eager.step(batch);
    }
  }
  expect(weightsOf(model)).not.toEqual(weightsOf(build()));
  model.weights.forEach(({ path, data }, which) => {
    expectNear(data, twin.weights[which].data, 1e-5, path);
  });
  return model;
}

export const at = (scalars: Tensor, index = 0) => reshape(slice(scalars, [index], [index + 1]), []);

/** An optimiser that is a rule alone. */
export const rule = (
  name: string,
  slots: readonly string[],
  update: Optimizer['update'],
  more: Partial<Optimizer> = {},
): Optimizer => ({
  name,
  learningRate: 0.01,
  slots,
  scalars: () => [0.01],
  update,
  config: () => ({}),
  ...more,
});

export const stepped = ({ parameter, gradient, scalars }: Parameters<Optimizer['update']>[0]) =>
  sub(parameter, mul(gradient, at(scalars)));
