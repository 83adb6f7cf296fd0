import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, golden, goldenNumbers } from '../test/golden.js';
import { samples } from '../test/samples.js';
import { quantiles } from './quantiles.js';

const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantiles', () => {
  it('agrees with numpy.quantile', () => {
    const expected = goldenNumbers.quantiles;
    expectClose(quantiles(golden('errors'), Object.keys(expected).map(Number)), Object.values(expected));
  });

  it('never falls as the probability rises, from the smallest value to the largest', () => {
    fc.assert(
      fc.property(samples(), fc.array(probability, { minLength: 2, maxLength: 20 }), (values, probabilities) => {
        const found = quantiles(values, [0, ...probabilities.sort((a, b) => a - b), 1]);
        for (let index = 1; index < found.length; index++) {
          expect(found[index]).toBeGreaterThanOrEqual(found[index - 1] - 1e-12);
        }
        expect(found[0]).toBe(Math.min(...values) + 0);
        expect(found.at(-1)).toBe(Math.max(...values) + 0);
      }),
    );
  });

  it('follows the sample through shifts and rescaling, and turns round with its sign', () => {
    fc.assert(
      fc.property(
        samples(),
        probability,
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (values, p, shift, factor) => {
          const [quantile, mirrored] = quantiles(values, [p, 1 - p]);
          expect(
            quantiles(
              values.map((value) => factor * value + shift),
              [p],
            )[0],
          ).toBeCloseTo(factor * quantile + shift, 8);
          expect(
            quantiles(
              values.map((value) => -value),
              [p],
            )[0],
          ).toBeCloseTo(-mirrored, 8);
        },
      ),
    );
  });

  it('gives the k-th of n values for the probability (k - 1) / (n - 1), whatever their order', () => {
    expect(Array.from(quantiles([30, 10, 50, 20, 40], [0, 0.25, 0.5, 0.75, 1]))).toEqual([10, 20, 30, 40, 50]);
  });

  it('leaves the sample in its order', () => {
    const values = Float64Array.of(3, 1, 2);
    quantiles(values, [0.5]);
    expect(Array.from(values)).toEqual([3, 1, 2]);
  });

  it.each([-0.1, 1.1, Number.NaN])('rejects the probability %d', (p) => {
    expect(() => quantiles([1, 2], [p])).toThrow(/expected 0 to 1/);
  });

  it('rejects samples without quantiles', () => {
    expect(() => quantiles([], [0.5])).toThrow(/empty/);
    expect(() => quantiles([1, Number.NaN], [0.5])).toThrow(/NaN/);
  });
});
