import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, golden, goldenNumbers } from '../test/golden.js';
import { samples } from '../test/samples.js';
import { skewness } from './skewness.js';

describe('skewness', () => {
  it('agrees with scipy.stats.skew', () => {
    expectClose([skewness(golden('errors'))], [goldenNumbers.skewness]);
  });

  it('is the same for a shifted and stretched sample and of opposite sign for its mirror image', () => {
    fc.assert(
      fc.property(samples(3), (values) => {
        fc.pre(Math.max(...values) - Math.min(...values) > 1);
        const skew = skewness(values);
        expect(skewness(values.map((value) => 2 * value + 5))).toBeCloseTo(skew, 7);
        expect(skewness(values.map((value) => -value))).toBeCloseTo(-skew, 10);
      }),
    );
  });

  it('is 2 / sqrt(3) where one of four values stands out', () => {
    expect(skewness([0, 0, 0, 1])).toBeCloseTo(2 / Math.sqrt(3), 14);
  });

  it('is NaN where all values are equal, even if their mean is rounded', () => {
    expect(skewness([0.1, 0.1, 0.1])).toBeNaN();
  });
});
