import { requireFinite } from './require-finite.js';

/**
 * Arithmetic mean.
 *
 * @param values sample, length n >= 1, any unit u
 * @returns mean in u
 * @throws RangeError if the sample is empty or holds NaN or an infinity
 */
export function mean(values: ArrayLike<number>): number {
  requireFinite('mean', values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum / values.length;
}
