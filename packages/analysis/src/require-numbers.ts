import { shown } from './shown.js';

/**
 * Takes numbers in whatever array they come: typed arrays as they are, all others as a copy in float64.
 *
 * @param caller name of the calling function, for the message
 * @param name   what the numbers are, for the message
 * @param values what was given
 * @returns what can be read by index; methods such as `map` and `sort` differ between kinds of arrays
 * @throws TypeError naming what was got, if it is no array or an element is no number
 */
export function requireNumbers(caller: string, name: string, values: ArrayLike<number>): ArrayLike<number> {
  const given: unknown = values;
  if (isTyped(given)) return given;
  if (!isArrayLike(given)) {
    throw new TypeError(
      `${caller}: ${name} is ${shown(given)}; expected numbers. Give a typed array, or an array of numbers.`,
    );
  }
  const numbers = new Float64Array(given.length);
  for (let index = 0; index < given.length; index++) {
    const element = given[index];
    if (typeof element !== 'number') {
      throw new TypeError(
        `${caller}: element ${index} of ${name} is ${shown(element)}; expected a number. Give a flat array of numbers.`,
      );
    }
    numbers[index] = element;
  }
  return numbers;
}

/** By its tag, so that arrays of other realms count. Those of bigints do not. */
function isTyped(value: unknown): value is ArrayLike<number> {
  return /^\[object (Float|Int|Uint)\d+(Clamped)?Array\]$/.test(Object.prototype.toString.call(value));
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  const { length } = value as { length?: unknown };
  return Number.isSafeInteger(length) && (length as number) >= 0;
}
