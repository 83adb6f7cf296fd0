import { quantiles } from './quantiles.js';
import { requireFinite } from './require-finite.js';

/**
 * Quantile of a sample, by linear interpolation between the two nearest order statistics.
 *
 * @param values      sample in any order, length n >= 1, any unit u
 * @param probability 0 for the smallest value, 0.5 for the median, 1 for the largest
 * @returns quantile in u
 * @throws TypeError if the sample is no array of numbers; RangeError if it is empty or holds NaN or an infinity, or if the
 * probability lies outside 0 to 1
 * @see Hyndman & Fan (1996), Sample quantiles in statistical packages, definition 7; numpy.quantile's default
 * @example
 * quantile([1, 2, 3, 10], 0.5); // 2.5
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  return quantiles(requireFinite('quantile', values), [probability])[0];
}
