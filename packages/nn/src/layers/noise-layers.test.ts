import { grad, ones, randomNormal, sum, type Tensor, tensor } from '@weft/core';
import { describe, expect, it, test } from 'vitest';
import { training } from '../../test/support/training.js';
import {
  AlphaDropout,
  type BaseLayer,
  CallContext,
  GaussianDropout,
  GaussianNoise,
  SpatialDropout2D,
} from '../index.js';

const EXAMPLES = 4;
const COUNT = 20_000;

const examples = Array.from({ length: EXAMPLES }, (_, i) => i);
const called = (layer: BaseLayer, x: Tensor, seed?: number) =>
  layer.call(x, [], training(examples, { seed })).toArray();

/** Mean and standard deviation. */
function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  const all = Array.from(values);
  const mean = all.reduce((total, value) => total + value, 0) / all.length;
  const square = all.reduce((total, value) => total + (value - mean) ** 2, 0) / all.length;
  return { mean, deviation: Math.sqrt(square) };
}

/** Four standard deviations of the mean, and about as many of the deviation, of so many normal draws. */
const tolerance = (deviation: number, count: number) => (4 * deviation) / Math.sqrt(count);

const layers: Readonly<Record<string, () => BaseLayer>> = {
  GaussianNoise: () => new GaussianNoise({ stddev: 0.5 }),
  GaussianDropout: () => new GaussianDropout({ rate: 0.2 }),
  AlphaDropout: () => new AlphaDropout({ rate: 0.2 }),
  SpatialDropout2D: () => new SpatialDropout2D({ rate: 0.2 }),
};

describe.each(Object.entries(layers))('%s', (_, make) => {
  const x = randomNormal([EXAMPLES, 2, 2, 50], { seed: 3 });

  it('hands on its input outside of training, and without randomness', () => {
    expect(make().call(x, [], new CallContext({ training: false }))).toBe(x);
    expect(make().call(x, [], new CallContext({ training: true }))).toBe(x);
  });

  it('draws for the seed, and anew for each example and each call', () => {
    const first = called(make(), ones(x.shape));
    expect(called(make(), ones(x.shape))).toEqual(first);
    expect(called(make(), ones(x.shape), 2)).not.toEqual(first);
    expect(first.subarray(0, 200)).not.toEqual(first.subarray(200, 400));
    const [context, layer] = [training(examples), make()];
    const calls = [1, 2].map(() => layer.call(ones(x.shape), [], context).toArray());
    expect(calls[0]).not.toEqual(calls[1]);
  });
});

test('GaussianNoise adds noise of its deviation to whatever comes in', () => {
  const x = tensor(
    Float32Array.from({ length: EXAMPLES * COUNT }, (_, i) => i % 7),
    [EXAMPLES, COUNT],
  );
  const y = called(new GaussianNoise({ stddev: 0.5 }), x);
  const { mean, deviation } = momentsOf(y.map((value, i) => value - (i % 7)));
  expect(Math.abs(mean)).toBeLessThan(tolerance(0.5, y.length));
  expect(Math.abs(deviation - 0.5)).toBeLessThan(tolerance(0.5, y.length));
});

test('GaussianDropout multiplies by noise of mean 1 and the deviation of Dropout', () => {
  const rate = 0.2;
  const wanted = Math.sqrt(rate / (1 - rate));
  const y = called(new GaussianDropout({ rate }), ones([EXAMPLES, COUNT]));
  const { mean, deviation } = momentsOf(y);
  expect(Math.abs(mean - 1)).toBeLessThan(tolerance(wanted, y.length));
  expect(Math.abs(deviation - wanted)).toBeLessThan(tolerance(wanted, y.length));
  // A factor, no summand: three times as much comes out of three times as much.
  const triple = called(
    new GaussianDropout({ rate }),
    tensor(new Float32Array(EXAMPLES * COUNT).fill(3), [EXAMPLES, COUNT]),
  );
  const apart = triple.map((value, i) => Math.abs(value - 3 * y[i]));
  expect(apart.reduce((most, each) => Math.max(most, each))).toBeLessThan(1e-5);
});

test('AlphaDropout keeps mean and deviation of standard normal numbers, and drops its rate of them', () => {
  const rate = 0.2;
  const x = randomNormal([EXAMPLES, COUNT], { seed: 5 });
  const y = called(new AlphaDropout({ rate }), x);
  const { mean, deviation } = momentsOf(y);
  expect(Math.abs(mean)).toBeLessThan(tolerance(1, y.length));
  expect(Math.abs(deviation - 1)).toBeLessThan(tolerance(1.5, y.length));
  const counts = new Map<number, number>();
  for (const value of y) counts.set(value, (counts.get(value) ?? 0) + 1);
  const dropped = Math.max(...counts.values()) / y.length;
  expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / y.length));
});

test('SpatialDropout2D drops whole channels of an image, its rate of them, and divides the others', () => {
  const [rate, pixels, channels] = [0.25, 6, 2000];
  const x = ones([EXAMPLES, 2, 3, channels]);
  const y = called(new SpatialDropout2D({ rate }), x);
  const at = (example: number, pixel: number, channel: number) => y[(example * pixels + pixel) * channels + channel];
  let dropped = 0;
  for (let example = 0; example < EXAMPLES; example++) {
    for (let channel = 0; channel < channels; channel++) {
      const values = new Set(Array.from({ length: pixels }, (_, pixel) => at(example, pixel, channel)));
      expect(values.size).toBe(1);
      if (values.has(0)) dropped++;
      else expect([...values]).toEqual([Math.fround(1 / (1 - rate))]);
    }
  }
  const count = EXAMPLES * channels;
  expect(Math.abs(dropped / count - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / count));
});

test('gradients pass through the same draws', () => {
  const x = ones([EXAMPLES, 30]);
  const y = new GaussianDropout({ rate: 0.3 }).call(x, [], training(examples));
  const [gradient] = grad(sum(y), [x]);
  // Of ones, what comes out is the factor.
  expect(gradient.toArray()).toEqual(y.toArray());
});
