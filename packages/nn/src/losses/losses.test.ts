import { grad, tensor, zeros } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCrossentropy, type Loss, meanAbsoluteError, meanSquaredError } from '../index.js';

const f = Math.fround;
const clipped = (p: number) => Math.min(Math.max(p, f(1e-7)), f(1 - 1e-7));
/** Loss and its derivative in the prediction, for one element. */
const formulas: [string, Loss, (p: number, t: number) => number, (p: number, t: number) => number][] = [
  ['meanSquaredError', meanSquaredError, (p, t) => (p - t) ** 2, (p, t) => 2 * (p - t)],
  ['meanAbsoluteError', meanAbsoluteError, (p, t) => Math.abs(p - t), (p, t) => Math.sign(p - t)],
  [
    'binaryCrossentropy',
    binaryCrossentropy,
    (p, t) => -(t * Math.log(clipped(p)) + (1 - t) * Math.log(f(1 - clipped(p)))),
    (p, t) => (clipped(p) === p ? (1 - t) / (1 - p) - t / p : 0),
  ],
];
const probability = fc.oneof(fc.float({ min: f(0.001), max: f(0.999), noNaN: true }), fc.constantFrom(0, 1, 0.5));
const pairs = fc
  .array(fc.tuple(probability, probability), { minLength: 2, maxLength: 24 })
  .map((p) => p.slice(0, p.length & ~1));

describe.each(formulas)('%s', (_name, loss, value, derivative) => {
  test('is the mean of its formula over the batch and all elements', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const shape = [2, list.length / 2];
        const prediction = tensor(list.map(([p]) => p)).toArray();
        const target = tensor(list.map(([, t]) => t)).toArray();
        const got = loss(tensor(prediction, shape), tensor(target, shape));
        const expected = list.reduce((total, _, i) => total + value(prediction[i], target[i]), 0) / list.length;
        expect(got.shape).toEqual([]);
        expect(Math.abs(got.item() - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(expected) + 1e-7);
      }),
      { numRuns: 40 },
    );
  });

  test('has the gradient of its formula', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const prediction = tensor(list.map(([p]) => p));
        const target = tensor(list.map(([, t]) => t));
        const [gradient] = grad(loss(prediction, target), [prediction]);
        const got = gradient.toArray();
        list.forEach((_, i) => {
          const expected = derivative(prediction.toArray()[i], target.toArray()[i]) / list.length;
          expect(Math.abs(got[i] - expected)).toBeLessThanOrEqual(1e-4 * Math.abs(expected) + 1e-6);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('refuses shapes that differ, also if they broadcast', () => {
    expect(() => loss(zeros([2, 3]), zeros([1, 3]))).toThrow('the prediction is [2,3] but the target [1,3]');
  });
});

test('binary cross-entropy is finite for predictions that are certain and wrong', () => {
  const loss = binaryCrossentropy(tensor([1, 0]), tensor([0, 1])).item();
  expect(loss).toBeGreaterThan(15);
  expect(loss).toBeLessThan(17);
});
