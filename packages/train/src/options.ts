import type { Sequential } from '@weft/nn';

/** A value as errors show it: strings in quotes, what is large by what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return value.name ? `the function or class ${value.name}` : 'a function';
  if (Array.isArray(value)) return value.some(Array.isArray) ? 'an array of arrays' : `an array of ${value.length}`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name ?? 'Object';
  return name === 'Object' ? `an object of ${Object.keys(value).join(', ') || 'nothing'}` : `a value of ${name}`;
}

/** The names of an interface's options. The compiler holds the table to have every one of them, and no other. */
export function optionNames<Options>(table: Readonly<Record<keyof Options, true>>): readonly string[] {
  return Object.keys(table);
}

/**
 * Refuses options that a call does not know: they would be ignored without a word.
 *
 * @throws TypeError if the options are no object; RangeError if there is one of another name
 */
export function checkKnownOptions(call: string, options: unknown, known: readonly string[], example: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${call}: the options are ${shown(options)}; expected an object, such as ${example}.`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new RangeError(`${call}: there is no option '${name}'. The options are ${known.join(', ')}.`);
    }
  }
}

/** @throws TypeError if an option is given and does not pass */
export function checkOption(name: string, value: unknown, passes: boolean, expected: string): void {
  if (value !== undefined && !passes) throw new TypeError(`${name}: got ${shown(value)}; expected ${expected}.`);
}

/** @throws RangeError if it is not a whole number from `least` */
export function checkWholeNumber(name: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new RangeError(`${name}: got ${shown(value)}; expected a whole number from ${least}.`);
  }
}

/** @throws TypeError if it is no model */
export function checkModel(call: string, model: Sequential): void {
  const given: unknown = model;
  const { call: forward, inputShape, model: inner } = (given ?? {}) as Record<string, unknown>;
  if (typeof forward === 'function' && Array.isArray(inputShape)) return;
  const advice = inner ? 'Give its property model.' : 'Make one with new Sequential([...layers], { inputShape }).';
  throw new TypeError(`${call}: the model is ${shown(given)}; expected a Sequential. ${advice}`);
}
