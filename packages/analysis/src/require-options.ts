import { shortened, shown } from './shown.js';

/**
 * Refuses options that a function does not know: they would be ignored without a word.
 *
 * @param caller  name of the calling function, for the message
 * @param options what was given
 * @param known   a table of all options, which the compiler holds to have every one of them, and no other
 * @throws TypeError if the options are no object; RangeError if there is one of another name
 */
export function requireKnownOptions<Options extends object>(
  caller: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  const names = Object.keys(known);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${caller}: the options are ${shown(options)}; expected an object of ${names.join(', ')}.`);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new RangeError(
      `${caller}: got an option '${shortened(name)}'; expected ${names.join(', ')}. Correct its name or leave it out.`,
    );
  }
}

/** @throws RangeError unless the seed is one that a random stream takes */
export function requireSeed(caller: string, seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new RangeError(`${caller}: the seed is ${shown(seed)}, expected a whole number from 0.`);
}
