import { RandomStream } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootstrapInterval, predictionInterval, quantile } from '../index.js';

const sample = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 20 });

describe('bootstrap', () => {
  test('lies within the sample, is the same for a seed, and is moved with it', () => {
    fc.assert(
      fc.property(sample, fc.nat(), (values, seed) => {
        const { lower, upper, estimate } = bootstrapInterval(values, { seed, resamples: 100 });
        expect(lower).toBeLessThanOrEqual(upper);
        expect(lower).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(upper).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        expect(bootstrapInterval(values, { seed, resamples: 100 })).toEqual({ lower, upper, estimate });
        const moved = bootstrapInterval(
          values.map((value) => value + 1000),
          { seed, resamples: 100 },
        );
        expect(moved.lower).toBeCloseTo(lower + 1000, 6);
      }),
      { numRuns: 30 },
    );
  });

  test('of equal values has no width, and of other statistics is theirs', () => {
    expect(bootstrapInterval([4, 4, 4])).toEqual({ estimate: 4, lower: 4, upper: 4 });
    const median = (values: Float64Array) => quantile(values, 0.5);
    expect(bootstrapInterval([1, 2, 9], { statistic: median }).estimate).toBe(2);
  });

  test('covers the true mean about as often as it says', () => {
    const random = new RandomStream(5, 1);
    let covered = 0;
    for (let round = 0; round < 200; round++) {
      const values = Float64Array.from({ length: 40 }, () => random.normal());
      const { lower, upper } = bootstrapInterval(values, { level: 0.9, resamples: 200, seed: round });
      if (lower <= 0 && upper >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(165);
    expect(covered).toBeLessThan(196);
  });

  test('refuses options out of bounds', () => {
    expect(() => bootstrapInterval([1, 2], { level: 1 })).toThrow('the level is 1, expected a probability');
    expect(() => bootstrapInterval([1, 2], { resamples: 5 })).toThrow(
      'resamples is 5, expected a whole number from 100.',
    );
  });
});

describe('prediction', () => {
  test('is wider for a higher level, and around the mean', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const [narrow, wide] = [0.5, 0.99].map((level) => predictionInterval(values, level));
        expect(wide.upper - wide.lower).toBeGreaterThanOrEqual(narrow.upper - narrow.lower);
        expect((wide.lower + wide.upper) / 2).toBeCloseTo(wide.estimate, 9);
      }),
    );
  });

  test('holds the next value about as often as it says', () => {
    const random = new RandomStream(9, 1);
    let held = 0;
    for (let round = 0; round < 1000; round++) {
      const { lower, upper } = predictionInterval(
        Float64Array.from({ length: 5 }, () => random.normal()),
        0.8,
      );
      const next = random.normal();
      if (lower <= next && next <= upper) held++;
    }
    expect(held).toBeGreaterThan(755);
    expect(held).toBeLessThan(845);
  });

  test('refuses a sample without a spread', () => {
    expect(() => predictionInterval([1])).toThrow('the sample has 1 value, expected two or more');
    expect(predictionInterval([2, 2])).toEqual({ estimate: 2, lower: 2, upper: 2 });
  });
});
