import { requireFinite } from './require-finite.js';
import { requireNumbers } from './require-numbers.js';

/**
 * Several quantiles of one sample, which is sorted once.
 *
 * @param values        sample in any order, length n >= 1, any unit u
 * @param probabilities each from 0 (smallest value) to 1 (largest)
 * @returns quantile in u for each probability, interpolated linearly between the two nearest order statistics
 * @throws TypeError if one of the two is no array of numbers; RangeError if the sample is empty or holds NaN or an
 * infinity, or if a probability lies outside 0 to 1
 * @see Hyndman & Fan (1996), Sample quantiles in statistical packages, definition 7; numpy.quantile's default
 * @example
 * quantiles([1, 2, 3, 10], [0, 0.5, 1]); // [1, 2.5, 10]
 */
export function quantiles(values: ArrayLike<number>, probabilities: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(requireFinite('quantiles', values)).sort();
  return Float64Array.from(requireNumbers('quantiles', 'the probabilities', probabilities), (probability) => {
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(
        `quantiles: the probability is ${probability}, expected 0 to 1. Divide a percentage by 100.`,
      );
    }
    const position = (sorted.length - 1) * probability;
    const below = Math.floor(position);
    const fraction = position - below;
    const lower = sorted[below];
    const upper = sorted[Math.min(below + 1, sorted.length - 1)];
    const step = upper - lower;
    // From the nearer end, so that rounding never carries the result past the upper value.
    return fraction < 0.5 ? lower + step * fraction : upper - step * (1 - fraction);
  });
}
