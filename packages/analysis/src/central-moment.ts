/**
 * Central moment of a sample: the mean of (value - centre)^order.
 *
 * @param values sample, length n >= 1
 * @param centre mean of the sample
 * @param order  2 for the population variance, 3 for what the skewness is made of
 */
export function centralMoment(values: ArrayLike<number>, centre: number, order: 2 | 3): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const deviation = values[index] - centre;
    sum += order === 2 ? deviation * deviation : deviation * deviation * deviation;
  }
  return sum / values.length;
}
