import { grad, ones, sum, tensor } from '@weft/core';
import { expect, test } from 'vitest';
import { training } from '../../test/support/training.js';
import { CallContext, Dropout, Sequential } from '../index.js';

const x = ones([3, 1000]);
const images = [5, 6, 7];

test('outside of training, or without randomness, it hands on its input', () => {
  const layer = new Dropout({ rate: 0.5, name: 'a' });
  expect(layer.call(x, [], new CallContext({ training: false }))).toBe(x);
  expect(layer.call(x, [], new CallContext({ training: true }))).toBe(x);
  expect(new Dropout({ rate: 0, name: 'a' }).call(x, [], training(images))).toBe(x);
});

test('what is kept is divided by the part that is kept, about that part', () => {
  for (const rate of [0.1, 0.5, 0.9]) {
    const y = new Dropout({ rate, name: 'a' }).call(x, [], training(images)).toArray();
    expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    const dropped = y.filter((value) => value === 0).length / y.length;
    // Four standard deviations of 3000 draws.
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / y.length));
  }
});

test('a row depends on its keys alone, not on its place in the batch', () => {
  const layer = new Dropout({ rate: 0.5, name: 'a' });
  const whole = layer.call(x, [], training(images)).toArray();
  const last = layer.call(ones([1, 1000]), [], training([7])).toArray();
  expect(last).toEqual(whole.subarray(2000));
});

test('other images, epochs, seeds and layers draw other elements', () => {
  const layer = new Dropout({ rate: 0.5, name: 'dropout' });
  const drawn = [
    layer.call(x, [], training(images)),
    layer.call(x, [], training([8, 9, 10])),
    layer.call(x, [], training(images, { epoch: 1 })),
    layer.call(x, [], training(images, { seed: 2 })),
    layer.call(x, [], training(images, { update: 1 })),
    layer.call(x, [], training(images).at('dropout_1')),
  ].map((y) => y.toArray());
  for (const [i, a] of drawn.entries()) {
    for (const b of drawn.slice(i + 1)) {
      const equal = a.filter((value, at) => value === b[at]).length;
      expect(Math.abs(equal - 1500)).toBeLessThan(4 * Math.sqrt(3000) * 0.5);
    }
  }
});

test('a layer that is called twice draws twice, and the same again in another context', () => {
  const layer = new Dropout({ rate: 0.5 });
  const calls = (context: CallContext) =>
    [layer.call(x, [], context), layer.call(x, [], context)].map((y) => y.toArray());
  const [first, second] = calls(training(images));
  expect(first).not.toEqual(second);
  expect(calls(training(images))).toEqual([first, second]);
});

test('in a model within a model it draws for its path', () => {
  const inner = (name: string) => new Sequential([new Dropout({ rate: 0.5 })], { inputShape: [1000], name });
  const outer = (name: string) => new Sequential([inner(name)], { inputShape: [1000] });
  const drawn = (name: string) => outer(name).call(x, training(images)).toArray();
  expect(drawn('a')).toEqual(drawn('a'));
  expect(drawn('a')).not.toEqual(drawn('b'));
  expect(drawn('a')).not.toEqual(inner('a').call(x, training(images)).toArray());
});

test('the gradient passes where the elements were kept', () => {
  const values = tensor(
    Float32Array.from({ length: 40 }, (_, i) => i + 1),
    [2, 20],
  );
  const y = new Dropout({ rate: 0.5, name: 'a' }).call(values, [], training([0, 1]));
  const [gradient] = grad(sum(y), [values]);
  expect([...gradient.toArray()]).toEqual([...y.toArray()].map((value) => (value === 0 ? 0 : 2)));
});

test('a rate outside of [0, 1) is refused', () => {
  for (const rate of [-0.1, 1, Number.NaN, '0.5']) {
    expect(() => new Dropout({ rate: rate as number })).toThrow('Dropout: rate is');
  }
});
