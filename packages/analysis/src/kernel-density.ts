import { requireFinite } from './require-finite.js';
import { requireNumbers } from './require-numbers.js';
import { scottBandwidth } from './scott-bandwidth.js';
import { shown } from './shown.js';

/**
 * Gaussian kernel density estimate of a sample, evaluated on a grid.
 *
 * Kernels that would change a density by less than one part in 10^16 are left out.
 *
 * @param sample    observations, length n >= 2, any unit u
 * @param grid      points at which to evaluate, same unit u
 * @param bandwidth standard deviation of the kernel in u; default Scott's rule, n^(-1/5) times the sample's deviation
 * @returns density at each grid point, unit 1/u; integrates to 1 over the real line
 * @throws TypeError if the sample or the grid is no array of numbers; RangeError if the sample has fewer than two distinct
 * values and no bandwidth is given, if the sample or the grid holds NaN or an infinity, or if the bandwidth is not positive
 * @see Scott (1992), Multivariate Density Estimation, section 6.5; agrees with scipy.stats.gaussian_kde
 * @example
 * kernelDensity([-1, 0, 1], [0, 2], 0.5); // [0.338, 0.036]
 */
export function kernelDensity(sample: ArrayLike<number>, grid: ArrayLike<number>, bandwidth?: number): Float64Array {
  const observations = Float64Array.from(requireFinite('kernelDensity', sample));
  const points = Float64Array.from(requireNumbers('kernelDensity', 'the grid', grid));
  if (points.length > 0) requireFinite('kernelDensity', points, 'the grid');
  const deviation = bandwidth ?? scottBandwidth(observations);
  if (!(Number.isFinite(deviation) && deviation > 0)) {
    throw new RangeError(
      `kernelDensity: the bandwidth is ${shown(deviation)}, expected a positive number in the unit of the sample.`,
    );
  }
  const sorted = observations.map((value) => value / deviation).sort();
  const scale = 1 / (sorted.length * deviation * Math.sqrt(2 * Math.PI));
  // A kernel is left out where it is smaller than that of the nearest observation by this factor: even all n such
  // kernels together are then below the rounding of the sum.
  const negligible = 2 * Math.log(sorted.length / 1e-16);
  return points.map((point) => {
    const place = point / deviation;
    const nearest = distanceToNearest(sorted, place);
    const radius = Math.sqrt(nearest * nearest + negligible);
    let sum = 0;
    for (let index = lowerBound(sorted, place - radius); index < sorted.length; index++) {
      const distance = sorted[index] - place;
      if (distance > radius) break;
      sum += Math.exp(-0.5 * distance * distance);
    }
    return sum * scale;
  });
}

function distanceToNearest(sorted: Float64Array, place: number): number {
  const above = lowerBound(sorted, place);
  return Math.min(
    above < sorted.length ? sorted[above] - place : Infinity,
    above > 0 ? place - sorted[above - 1] : Infinity,
  );
}

/** Index of the first element that is not below the limit; the length if there is none. */
function lowerBound(sorted: Float64Array, limit: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle] < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
