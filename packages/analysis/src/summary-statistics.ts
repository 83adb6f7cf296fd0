import { centralMoment } from './central-moment.js';
import { mean } from './mean.js';
import { quantiles } from './quantiles.js';
import { requireFinite } from './require-finite.js';
import { skewness } from './skewness.js';

/** What one says of a sample in a table; all but `count` and `skewness` in the sample's unit. */
export interface SummaryStatistics {
  count: number;
  mean: number;
  /** of the population (divided by n), as numpy.std gives by default */
  standardDeviation: number;
  minimum: number;
  median: number;
  /** 95 % of the values are at most this large */
  p95: number;
  /** 99 % of the values are at most this large */
  p99: number;
  maximum: number;
  /** biased estimate; NaN where all values are equal */
  skewness: number;
}

/**
 * Count, mean, spread, quantiles and skewness of a sample.
 *
 * @param values sample in any order, length n >= 1, any unit
 * @throws TypeError if the sample is no array of numbers; RangeError if it is empty or holds NaN or an infinity
 * @example
 * const { mean, median, maximum } = summaryStatistics([1, 2, 3, 10]);
 * [mean, median, maximum]; // [4, 2.5, 10]
 */
export function summaryStatistics(values: ArrayLike<number>): SummaryStatistics {
  const sample = requireFinite('summaryStatistics', values);
  const centre = mean(sample);
  const [minimum, median, p95, p99, maximum] = quantiles(sample, [0, 0.5, 0.95, 0.99, 1]);
  return {
    count: sample.length,
    mean: centre,
    standardDeviation: Math.sqrt(centralMoment(sample, centre, 2)),
    minimum,
    median,
    p95,
    p99,
    maximum,
    skewness: skewness(sample),
  };
}
