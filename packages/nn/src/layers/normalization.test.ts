import { compute, randomNormal, slice, tensor } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { CallContext, Dense, Normalization, Sequential } from '../index.js';

const inference = new CallContext({ training: false });
const data = randomNormal([40, 3], { seed: 1, mean: 5, deviation: 3 });

function* batches() {
  for (const [from, to] of [
    [0, 7],
    [7, 32],
    [32, 40],
  ]) {
    yield slice(data, [from], [to]);
  }
}

describe('Normalization', () => {
  it('gives what it has adapted to mean 0 and variance 1, for each feature', () => {
    const layer = new Normalization();
    layer.adapt(data);
    const y = layer.invoke(data, inference);
    const [means, squares] = compute([y.mean(0), y.square().mean(0)]);
    for (const value of means) expect(value).toBeCloseTo(0, 5);
    for (const value of squares) expect(value).toBeCloseTo(1, 5);
  });

  it('adapts to batches as to all examples together', () => {
    const [whole, parts] = [new Normalization(), new Normalization()];
    whole.adapt(data);
    parts.adapt(batches());
    whole.weights.forEach((weight, which) => {
      parts.weights[which].data.forEach((value, at) => {
        expect(value).toBeCloseTo(weight.data[at], 4);
      });
    });
    whole.adapt(batches());
    expect(whole.weights.map((weight) => weight.data)).toEqual(parts.weights.map((weight) => weight.data));
  });

  it('is undone by the same layer with invert', () => {
    const [there, back] = [new Normalization({ axis: null }), new Normalization({ axis: null, invert: true })];
    for (const layer of [there, back]) layer.adapt(data);
    const again = back.invoke(there.invoke(data, inference), inference).toArray();
    data.toArray().forEach((value, i) => {
      expect(again[i]).toBeCloseTo(value, 4);
    });
  });

  it('divides by 1e-7 at least, as Keras', () => {
    const layer = new Normalization({ mean: 1, variance: 0 });
    expect([...layer.invoke(tensor([[1], [2]]), inference).toArray()]).toEqual([0, Math.fround(1 / Math.fround(1e-7))]);
  });

  it('has state that is no trained weight, and belongs to the model', () => {
    const layer = new Normalization();
    layer.adapt(data);
    const model = new Sequential([layer, new Dense({ units: 1 })], { inputShape: [3] });
    expect(model.weights.map(({ path, trainable }) => [path, trainable])).toEqual([
      ['normalization/mean', false],
      ['normalization/variance', false],
      ['dense/kernel', true],
      ['dense/bias', true],
    ]);
    expect(model.weights[0].data[0]).toBeCloseTo(5, -1);
  });

  it('takes whole numbers', () => {
    const layer = new Normalization();
    layer.adapt(tensor(Int32Array.of(1, 3), [2, 1]));
    expect([...layer.invoke(tensor(Int32Array.of(1, 3), [2, 1]), inference).toArray()]).toEqual([-1, 1]);
  });

  it.each([
    ['half of the statistics', () => new Normalization({ mean: 1 }), /give both mean and variance, or neither/],
    [
      'a variance below 0',
      () => new Normalization({ mean: 0, variance: -1 }),
      /variance is -1; expected numbers from 0/,
    ],
    ['the axis of the batch', () => new Normalization({ axis: 0 }), /axis is 0; expected whole numbers other than 0/],
    [
      'an axis that is not there',
      () => new Normalization({ axis: 2 }).adapt(data),
      /examples of 1 axes have no axes \[2\]/,
    ],
    ['nothing to adapt to', () => new Normalization().adapt([]), /there are no examples to adapt to/],
    ['statistics that were given', () => new Normalization({ mean: 0, variance: 1 }).adapt(data), /given as options/],
    [
      'numbers for other features',
      () => new Normalization({ mean: [0, 1], variance: [1, 1] }).outputShape([3]),
      /there are 2 numbers for the 3 positions of the axes \[-1\] of examples \[3\]/,
    ],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it('refuses what is no tensor', () => {
    expect(() => new Normalization().adapt(5 as never)).toThrow(/Normalization: expected a tensor of examples/);
  });
});
