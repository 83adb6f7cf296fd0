import { requireFinite } from './require-finite.js';
import { requireNumbers } from './require-numbers.js';
import { shown } from './shown.js';

/** Counts of values in adjoining intervals of equal width. */
export interface Histogram {
  /** number of values in each interval, length bins */
  counts: Uint32Array;
  /** limits of the intervals in ascending order, length bins + 1, unit of the values */
  edges: Float64Array;
}

/**
 * Counts how many values fall into each of a number of intervals of equal width.
 *
 * An interval holds its lower edge and not its upper one, but for the last, which holds both. Values outside the range are
 * not counted. If all values are equal and no range is given, the range is half a unit to both sides of them.
 *
 * @param values sample, length n >= 1, any unit u
 * @param bins   number of intervals; default 10
 * @param range  lower and upper limit in u; default smallest and largest value
 * @throws TypeError if the sample is no array of numbers; RangeError if it is empty or holds NaN or an infinity, if bins
 * is no positive integer, or if the range is not finite, runs downwards or is too narrow for so many intervals
 * @see numpy.histogram, with which it agrees
 * @example
 * const { counts, edges } = histogram([0, 1, 1, 4], 2);
 * counts; // [3, 1]
 * edges; // [0, 2, 4]
 */
export function histogram(values: ArrayLike<number>, bins = 10, range?: readonly [number, number]): Histogram {
  const sample = requireFinite('histogram', values);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`histogram: the number of bins is ${shown(bins)}, expected a positive integer.`);
  }
  const [lower, upper] = limits(range === undefined ? extent(sample) : requireNumbers('histogram', 'the range', range));
  const step = (upper - lower) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, index) => (index === bins ? upper : lower + index * step));
  if (edges.some((edge, index) => index > 0 && !(edge > edges[index - 1]))) {
    throw new RangeError(
      `histogram: the range ${lower} to ${upper} cannot be cut into ${bins} bins in float64. Use fewer bins or a wider range.`,
    );
  }
  const counts = new Uint32Array(bins);
  for (let index = 0; index < sample.length; index++) {
    const value = sample[index];
    if (value < lower || value > upper) continue;
    let bin = Math.min(Math.floor(((value - lower) / (upper - lower)) * bins), bins - 1);
    // The quotient is rounded, so that a value close to an edge may have been put on its other side.
    if (value < edges[bin]) bin--;
    else if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return { counts, edges };
}

function extent(values: ArrayLike<number>): [number, number] {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < values.length; index++) {
    minimum = Math.min(minimum, values[index]);
    maximum = Math.max(maximum, values[index]);
  }
  return [minimum, maximum];
}

function limits(range: ArrayLike<number>): readonly [number, number] {
  const lower = range[0];
  const upper = range[1];
  if (range.length !== 2 || !Number.isFinite(upper - lower) || lower > upper) {
    throw new RangeError(
      `histogram: the range is ${lower} to ${upper}, expected two finite numbers in ascending order.`,
    );
  }
  return lower === upper ? [lower - 0.5, upper + 0.5] : [lower, upper];
}
