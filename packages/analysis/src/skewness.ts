import { centralMoment } from './central-moment.js';
import { mean } from './mean.js';
import { requireFinite } from './require-finite.js';

/**
 * Skewness: the third central moment over the 3/2 power of the second, positive where the upper tail is the longer.
 *
 * @param values sample, length n >= 1
 * @returns biased (population) estimate, without unit; NaN where all values are equal but for rounding
 * @throws TypeError if the sample is no array of numbers; RangeError if it is empty or holds NaN or an infinity
 * @see scipy.stats.skew with bias=True, with which it agrees
 * @example
 * skewness([1, 2, 3, 10]); // 1.0
 */
export function skewness(values: ArrayLike<number>): number {
  const sample = requireFinite('skewness', values);
  const centre = mean(sample);
  const variance = centralMoment(sample, centre, 2);
  if (variance <= (Number.EPSILON * centre) ** 2) return Number.NaN;
  return centralMoment(sample, centre, 3) / variance ** 1.5;
}
