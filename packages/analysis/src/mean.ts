import { requireFinite } from './require-finite.js';

/**
 * Arithmetic mean.
 *
 * @param values sample, length n >= 1, any unit u
 * @returns mean in u
 * @throws TypeError if the sample is no array of numbers; RangeError if it is empty or holds NaN or an infinity
 * @example
 * mean([1, 2, 6]); // 3
 */
export function mean(values: ArrayLike<number>): number {
  const sample = requireFinite('mean', values);
  let sum = 0;
  for (let index = 0; index < sample.length; index++) sum += sample[index];
  return sum / sample.length;
}
