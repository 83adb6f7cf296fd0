import type { Histogram } from './histogram.js';
import { requireNumbers } from './require-numbers.js';

/**
 * Heights of a histogram's bars as probability density, so that their areas sum to 1.
 *
 * @param histogram counts and edges, as `histogram` returns them
 * @returns count / (total x width) of each interval, unit 1/u where u is that of the edges
 * @throws TypeError if one of the two is no array of numbers; RangeError if no value was counted, or there are not as many
 * edges as there must be
 * @see numpy.histogram with density=True
 * @example
 * histogramDensities(histogram([0, 1, 1, 4], 2)); // [0.375, 0.125]
 */
export function histogramDensities(
  histogram: {
    readonly [Part in keyof Histogram]: ArrayLike<number>;
  },
): Float64Array {
  const given = histogram ?? {};
  const counts = Float64Array.from(requireNumbers('histogramDensities', 'counts', given.counts));
  const edges = requireNumbers('histogramDensities', 'edges', given.edges);
  if (edges.length !== counts.length + 1) {
    throw new RangeError(
      `histogramDensities: got ${counts.length} counts and ${edges.length} edges, expected one edge more than counts. Give what histogram returns.`,
    );
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    throw new RangeError('histogramDensities: no value was counted, so there is no density. Widen the range.');
  }
  return counts.map((count, index) => count / (total * (edges[index + 1] - edges[index])));
}
