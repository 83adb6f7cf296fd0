import { checkOptions, type Kind, type OptionsOf, type Schema } from './schema.js';

/**
 * Values that a function lets pass.
 *
 * @example
 * const names = such<string>('a name', (value) => typeof value === 'string' && value !== '');
 * names.passes(''); // false
 */
export function such<T>(expected: string, passes: (value: unknown) => boolean): Kind<T> {
  return { expected, passes: passes as (value: unknown) => value is T };
}

export const flag: Kind<boolean> = such('true or false', (value) => typeof value === 'boolean');

/**
 * Texts but the empty one.
 *
 * @example
 * text('the path of a file').passes(''); // false
 */
export function text(expected: string): Kind<string> {
  return such(expected, (value) => typeof value === 'string' && value !== '');
}

/**
 * Functions of a type.
 *
 * @example
 * functionOf<() => void>('a function').passes(1); // false
 */
export function functionOf<T>(expected: string): Kind<T> {
  return such(expected, (value) => typeof value === 'function');
}

/**
 * One of some words.
 *
 * @example
 * oneOf('stop', 'continue').expected; // "'stop' or 'continue'"
 */
export function oneOf<const T extends string>(...names: readonly T[]): Kind<T> {
  const quoted = names.map((name) => `'${name}'`);
  const expected = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return such(expected, (value) => names.includes(value as T));
}

/**
 * Whole numbers from `least` to `most`.
 *
 * @example
 * wholeNumber(1, 8).passes(9); // false
 */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  return number(
    `a whole number from ${least}${upTo}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );
}

/** Numbers that a function lets pass. */
export function number(expected: string, passes: (value: number) => boolean): Kind<number> {
  return { ...such<number>(expected, (value) => typeof value === 'number' && passes(value)), isRange: true };
}

/** An object of options inside of another. */
export function optionsOf<S extends Schema>(schema: S, example: string): Kind<OptionsOf<S>> {
  return {
    ...such<OptionsOf<S>>('an object', () => true),
    inside: (name, value) => void checkOptions(name, value, schema, example),
  };
}
