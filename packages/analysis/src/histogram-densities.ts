import type { Histogram } from './histogram.js';

/**
 * Heights of a histogram's bars as probability density, so that their areas sum to 1.
 *
 * @param histogram counts and edges, as `histogram` returns them
 * @returns count / (total x width) of each interval, unit 1/u where u is that of the edges
 * @throws RangeError if no value was counted
 * @see numpy.histogram with density=True
 */
export function histogramDensities({ counts, edges }: Histogram): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    throw new RangeError('histogramDensities: no value was counted, so there is no density. Widen the range.');
  }
  return Float64Array.from(counts, (count, index) => count / (total * (edges[index + 1] - edges[index])));
}
