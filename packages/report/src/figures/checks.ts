import type { Numbers } from './figure.js';

/** @throws RangeError for an option that a figure does not have */
export function requireOptions(caller: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new RangeError(`${caller}: unknown option ${JSON.stringify(unknown)}. Its options are ${known.join(', ')}.`);
}

/** @throws RangeError if there is nothing to draw */
export function requireSome(caller: string, what: string, values: { readonly length: number }): void {
  if (values.length > 0) return;
  throw new RangeError(`${caller}: ${what} is empty, expected at least one.`);
}

/** @throws RangeError if two lists that belong together differ in length */
export function requireLength(
  caller: string,
  what: string,
  values: { readonly length: number },
  expected: number,
  of: string,
): void {
  if (values.length === expected) return;
  throw new RangeError(`${caller}: ${what} holds ${values.length} values, expected ${expected}, ${of}.`);
}

/** @throws RangeError if a number is not finite or beyond its bounds */
export function requireNumber(
  caller: string,
  what: string,
  value: number,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, whole = false } = {},
): void {
  if (Number.isFinite(value) && value >= from && value <= to && (!whole || Number.isInteger(value))) return;
  const lower = from === Number.NEGATIVE_INFINITY ? '' : ` from ${from}`;
  const upper = to === Number.POSITIVE_INFINITY ? '' : ` to ${to}`;
  throw new RangeError(
    `${caller}: ${what} is ${value}, expected a ${whole ? 'whole' : 'finite'} number${lower}${upper}.`,
  );
}

/** @throws RangeError if a number of a list is not within [0, 1] */
export function requireShares(caller: string, what: string, values: Numbers): void {
  const at = Array.from(values).findIndex((value) => !(value >= 0 && value <= 1));
  if (at === -1) return;
  throw new RangeError(`${caller}: ${what}[${at}] is ${values[at]}, expected a share from 0 to 1.`);
}
