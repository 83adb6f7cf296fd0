import { centralMoment } from './central-moment.js';
import { mean } from './mean.js';

/**
 * Standard deviation of a sample as an estimate for what it was drawn from (divided by n - 1).
 *
 * @param sample observations, any unit u
 * @returns deviation in u, positive
 * @throws RangeError if the sample has fewer than two distinct values, or holds NaN or an infinity
 */
export function sampleDeviation(sample: Float64Array): number {
  const centre = mean(sample);
  // Not by the variance: the rounded mean of equal values may differ from them in the last bit.
  if (sample.every((value) => value === sample[0])) {
    throw new RangeError(
      `Bandwidth rule: all ${sample.length} values are ${sample[0]}, expected at least two distinct ones. Such a sample has no density: draw it as a line.`,
    );
  }
  return Math.sqrt((centralMoment(sample, centre, 2) * sample.length) / (sample.length - 1));
}
