import { sampleDeviation } from './sample-deviation.js';

/**
 * Silverman's rule for the bandwidth of a kernel density estimate: (3n/4)^(-1/5) times the sample's deviation.
 *
 * @param sample observations, length n >= 2, any unit u
 * @returns standard deviation for the Gaussian kernel in u
 * @throws TypeError if the sample is no array of numbers; RangeError if it has fewer than two distinct values, or holds NaN or an infinity
 * @see Silverman (1986), Density Estimation for Statistics and Data Analysis, section 3.4.2; agrees with
 * scipy.stats.gaussian_kde
 * @example
 * silvermanBandwidth([1, 2, 3, 4]); // 1.036
 */
export function silvermanBandwidth(sample: ArrayLike<number>): number {
  const { deviation, count } = sampleDeviation('silvermanBandwidth', sample);
  return (0.75 * count) ** -0.2 * deviation;
}
