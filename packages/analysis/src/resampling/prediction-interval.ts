import { centralMoment } from '../central-moment.js';
import { mean } from '../mean.js';
import { requireFinite } from '../require-finite.js';
import type { Interval } from './bootstrap-interval.js';
import { requireLevel } from './level.js';

/**
 * The interval in which one more value of the same normal distribution lies with a probability: mean ± t s √(1 + 1/n), where
 * s is the sample's standard deviation and t a quantile of Student's distribution with n - 1 degrees of freedom.
 *
 * @param values sample in any order, length n >= 2, any unit u
 * @param level  the probability, in (0, 1); default 0.95
 * @returns the mean, and the interval
 * @throws TypeError if the sample is no array of numbers; RangeError if it has fewer than two values or one that is not
 * finite, or the level is out of bounds
 * @see Hahn and Meeker (1991), Statistical intervals, section 4.7
 * @example
 * predictionInterval([3, 4, 5, 4]); // { estimate: 4, lower: 1.095, upper: 6.905 }
 */
export function predictionInterval(values: ArrayLike<number>, level = 0.95): Interval {
  const sample = requireFinite('predictionInterval', values);
  requireLevel('predictionInterval', level);
  const count = sample.length;
  if (count < 2) {
    throw new RangeError(`predictionInterval: the sample has ${count} value, expected two or more: one has no spread.`);
  }
  const estimate = mean(sample);
  const deviation = Math.sqrt((centralMoment(sample, estimate, 2) * count) / (count - 1));
  const half = studentQuantile((1 + level) / 2, count - 1) * deviation * Math.sqrt(1 + 1 / count);
  return { estimate, lower: estimate - half, upper: estimate + half };
}

/** The value that a variable of Student's distribution stays below with a probability of at least a half. */
function studentQuantile(probability: number, freedom: number): number {
  const target = 2 * probability - 1;
  let [low, high] = [0, Math.PI / 2];
  // On the angle, whose tangent the value is: bounded, however small the tail.
  for (let round = 0; round < 200 && low < high; round++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (centralProbability(middle, freedom) < target) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/**
 * Probability that |t| stays below √ν tan(angle), as a finite sum.
 *
 * @see Abramowitz and Stegun (1964), 26.7.3 and 26.7.4
 */
function centralProbability(angle: number, freedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let [term, sum] = [isOdd ? cosine : 1, 0];
  for (let k = isOdd ? 1 : 0; k <= freedom - 2; k += 2) {
    sum += term;
    term *= (cosine * cosine * (k + 1)) / (k + 2);
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
