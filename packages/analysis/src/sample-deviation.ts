import { centralMoment } from './central-moment.js';
import { mean } from './mean.js';
import { requireFinite } from './require-finite.js';

/**
 * Standard deviation of a sample as an estimate for what it was drawn from (divided by n - 1).
 *
 * @param caller name of the calling function, for the message
 * @param values observations, any unit u
 * @returns deviation in u, positive, and the number of observations
 * @throws TypeError if the sample is no array of numbers; RangeError if it has fewer than two distinct values, or holds NaN or an infinity
 */
export function sampleDeviation(caller: string, values: ArrayLike<number>): { deviation: number; count: number } {
  const sample = requireFinite(caller, values);
  const count = sample.length;
  const centre = mean(sample);
  // Not by the variance: the rounded mean of equal values may differ from them in the last bit.
  let same = 1;
  while (same < count && sample[same] === sample[0]) same++;
  if (same === count) {
    throw new RangeError(
      `${caller}: all ${count} values are ${sample[0]}, expected at least two distinct ones. Such a sample has no density: draw it as a line.`,
    );
  }
  return { deviation: Math.sqrt((centralMoment(sample, centre, 2) * count) / (count - 1)), count };
}
