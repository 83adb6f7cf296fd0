import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, golden, goldenNumbers } from '../test/golden.js';
import { samples } from '../test/samples.js';
import { summaryStatistics } from './summary-statistics.js';

describe('summaryStatistics', () => {
  it('agrees with NumPy and SciPy', () => {
    const summary = summaryStatistics(golden('errors'));
    const { quantiles } = goldenNumbers;
    expectClose(
      [summary.median, summary.p95, summary.p99, summary.skewness],
      [quantiles['0.5'], quantiles['0.95'], quantiles['0.99'], goldenNumbers.skewness],
    );
    const deviation = goldenNumbers.bandwidth_scott / goldenNumbers.scott_factor;
    expectClose([summary.standardDeviation], [deviation * Math.sqrt(3999 / 4000)]);
  });

  it('orders its quantiles and keeps the mean square: deviation² + mean²', () => {
    fc.assert(
      fc.property(samples(), (values) => {
        const summary = summaryStatistics(values);
        const ascending = [summary.minimum, summary.median, summary.p95, summary.p99, summary.maximum];
        ascending.forEach((value, index) => {
          if (index > 0) expect(value).toBeGreaterThanOrEqual(ascending[index - 1] - 1e-12);
        });
        const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / values.length;
        expect(summary.standardDeviation ** 2 + summary.mean ** 2).toBeCloseTo(meanSquare, 6);
        expect(summary.count).toBe(values.length);
      }),
    );
  });

  it('divides by n in the deviation', () => {
    expect(summaryStatistics([1, 3]).standardDeviation).toBe(1);
  });
});
