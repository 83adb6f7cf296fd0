import { readFileSync } from 'node:fs';
import { grad, mean, mul, randomNormal, sum, tensor } from '@weft/core';
import { describe, expect, test } from 'vitest';
import { BatchNormalization, CallContext, Sequential } from '../index.js';

const golden = JSON.parse(
  readFileSync(new URL('../../test/fixtures/keras-layers.json', import.meta.url), 'utf8'),
).batchNormalization;
const x = tensor(golden.x, [2, 2, 2, 3]);
const training = () => new CallContext({ training: true });

function near(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(got[i] - value)).toBeLessThan(5e-6 * (1 + Math.abs(value)));
  });
}

/** The layer in a model, with the weights of the fixture. */
function build() {
  const layer = new BatchNormalization();
  const model = new Sequential([layer], { inputShape: [2, 2, 3] });
  layer.weights[0].assign([1.5, -0.5, 2]);
  layer.weights[1].assign([0.1, 0.2, -0.3]);
  return { layer, model };
}

/** Sets state to what a call has renewed it to. */
function keep({ renewed }: CallContext): void {
  const values = [...renewed].map(([weight, value]) => [weight, value.toArray()] as const);
  for (const [weight, value] of values) weight.assign(value);
}

test('has the weights of Keras, in their order', () => {
  const { model } = build();
  expect(model.weights.map(({ path, trainable, shape }) => [path, trainable, shape])).toEqual([
    ['batch_normalization/gamma', true, [3]],
    ['batch_normalization/beta', true, [3]],
    ['batch_normalization/movingMean', false, [3]],
    ['batch_normalization/movingVariance', false, [3]],
  ]);
  const bare = new BatchNormalization({ center: false, scale: false });
  expect(bare.weightSpecifications([4]).map(({ name }) => name)).toEqual(['movingMean', 'movingVariance']);
});

describe('agrees with Keras', () => {
  test('in two updates of training, and in inference after them', () => {
    const { model, layer } = build();
    [1, 0.5].forEach((scale, update) => {
      const context = training();
      near(model.call(mul(x, scale), context).toArray(), golden.training[update]);
      keep(context);
    });
    near(layer.weights[2].data, golden.moving.mean);
    near(layer.weights[3].data, golden.moving.variance);
    near(model.call(x).toArray(), golden.inference);
  });

  test('where the two calls are in one update: the second goes on from the first', () => {
    const { model, layer } = build();
    const context = training();
    model.call(x, context);
    model.call(mul(x, 0.5), context);
    keep(context);
    near(layer.weights[2].data, golden.moving.mean);
    near(layer.weights[3].data, golden.moving.variance);
  });
});

test('uses and keeps its moving averages in inference, and where it or a model around it is not trainable', () => {
  const { model, layer } = build();
  const expected = model.call(x).toArray();
  const outer = new Sequential([model], { inputShape: [2, 2, 3] });
  for (const owner of [layer, model, outer]) {
    owner.trainable = false;
    const context = training();
    expect(outer.call(x, context).toArray()).toEqual(expected);
    expect(context.renewed.size).toBe(0);
    owner.trainable = true;
  }
  const context = training();
  expect(outer.call(x, context).toArray()).not.toEqual(expected);
  expect(context.renewed.size).toBe(2);
});

test('normalises another axis, and passes gradients through the statistics', () => {
  const layer = new BatchNormalization({ axis: 1, epsilon: 0 });
  const input = randomNormal([6, 2, 5], { seed: 1, mean: 3, deviation: 2 });
  const y = layer.invoke(input, training());
  for (const value of mean(y, [0, 2]).toArray()) expect(Math.abs(value)).toBeLessThan(1e-6);
  for (const value of mean(mul(y, y), [0, 2]).toArray()) expect(value).toBeCloseTo(1, 5);
  // The sum of what is normalised is 0 whatever goes in, so its gradient is, too.
  const [gradient] = grad(sum(y), [input]);
  for (const value of gradient.toArray()) expect(Math.abs(value)).toBeLessThan(1e-5);
  expect(() => new Sequential([new BatchNormalization({ axis: 3 })], { inputShape: [4] })).toThrow(
    "BatchNormalization 'batch_normalization': axis is 3, but examples have 1 axis besides the batch, which is axis 0.",
  );
});
