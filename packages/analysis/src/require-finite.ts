import { requireNumbers } from './require-numbers.js';

/**
 * Rejects samples that have no statistics.
 *
 * @param caller name of the calling function, for the message
 * @param values the sample
 * @param name   what the numbers are, for the message
 * @returns the sample as numbers by index
 * @throws TypeError if it is no array of numbers; RangeError if it is empty or holds NaN or an infinity
 */
export function requireFinite(caller: string, values: ArrayLike<number>, name = 'the sample'): ArrayLike<number> {
  const numbers = requireNumbers(caller, name, values);
  if (numbers.length === 0) throw new RangeError(`${caller}: ${name} is empty. Give at least one value.`);
  for (let index = 0; index < numbers.length; index++) {
    if (!Number.isFinite(numbers[index])) {
      throw new RangeError(
        `${caller}: in ${name}, value ${index} of ${numbers.length} is ${numbers[index]}, expected a finite number. Remove such values first.`,
      );
    }
  }
  return numbers;
}
