import { sampleDeviation } from './sample-deviation.js';

/**
 * Scott's rule for the bandwidth of a kernel density estimate: n^(-1/5) times the sample's deviation.
 *
 * @param sample observations, length n >= 2, any unit u
 * @returns standard deviation for the Gaussian kernel in u
 * @throws TypeError if the sample is no array of numbers; RangeError if it has fewer than two distinct values, or holds NaN or an infinity
 * @see Scott (1992), Multivariate Density Estimation, section 6.5; agrees with scipy.stats.gaussian_kde
 * @example
 * scottBandwidth([1, 2, 3, 4]); // 0.978
 */
export function scottBandwidth(sample: ArrayLike<number>): number {
  const { deviation, count } = sampleDeviation('scottBandwidth', sample);
  return count ** -0.2 * deviation;
}
