import { didYouMean } from './likely-name.js';
import { shown } from './shown.js';

/** What values an option takes. */
export interface Kind<T> {
  /** Completes "expected ...". */
  readonly expected: string;
  readonly passes: (value: unknown) => value is T;
  /** Whether what does not pass is out of range, rather than of another type. */
  readonly isRange?: boolean;
  /** Checks what is inside of a value that passes. */
  inside?(name: string, value: T): void;
}

/** An option, declared once: its type, its check, its default and its description all come from here. */
export interface Option<T, Presence extends 'required' | 'optional' | 'defaulted'> {
  readonly kind: Kind<T>;
  readonly presence: Presence;
  /** The default; undefined if there is none. */
  readonly value: T | undefined;
  readonly doc: string;
}

type AnyOption = Option<unknown, 'required' | 'optional' | 'defaulted'>;

/** The options of a call or class, by name. */
export type Schema = Readonly<Record<string, AnyOption>>;

type TypeOf<O> = O extends { readonly kind: Kind<infer T> } ? T : never;
type Required<S extends Schema> = { [Name in keyof S]: S[Name]['presence'] extends 'required' ? Name : never }[keyof S];
type WithDefault<S extends Schema> = {
  [Name in keyof S]: S[Name]['presence'] extends 'optional' ? never : Name;
}[keyof S];

/** An object of options as a user gives it. */
export type OptionsOf<S extends Schema> = { readonly [Name in Required<S>]: TypeOf<S[Name]> } & {
  readonly [Name in Exclude<keyof S, Required<S>>]?: TypeOf<S[Name]>;
};

/** An object of options that was checked, with the defaults in their places. */
export type CheckedOptions<S extends Schema> = { readonly [Name in WithDefault<S>]: TypeOf<S[Name]> } & {
  readonly [Name in Exclude<keyof S, WithDefault<S>>]: TypeOf<S[Name]> | undefined;
};

/**
 * An option that must be given.
 *
 * @example
 * const options = { path: required(text('a path'), 'Where the file goes.') };
 * checkOptions('mine', { path: 'a' }, options, "{ path: 'a' }").path; // 'a'
 */
export function required<T>(kind: Kind<T>, doc: string): Option<T, 'required'> {
  return { kind, presence: 'required', value: undefined, doc };
}

/**
 * @param doc must say what happens without it
 * @example
 * const options = { size: optional(wholeNumber(1), 'Pixels. Without it, 8.') };
 * checkOptions('mine', {}, options, '{ size: 4 }').size; // undefined
 */
export function optional<T>(kind: Kind<T>, doc: string): Option<T, 'optional'> {
  return { kind, presence: 'optional', value: undefined, doc };
}

/**
 * An option that has a default.
 *
 * @example
 * const options = { size: defaulted(wholeNumber(1), 8, 'Pixels.') };
 * checkOptions('mine', {}, options, '{ size: 4 }').size; // 8
 */
export function defaulted<T>(kind: Kind<T>, value: T, doc: string): Option<T, 'defaulted'> {
  return { kind, presence: 'defaulted', value, doc };
}

/**
 * Checks an object of options.
 *
 * @param call    what the options are for, for messages
 * @param example an object of options, for messages
 * @returns the options with their defaults
 * @throws TypeError if it is not an object, or a value is of another type; RangeError if there is an option of another name,
 *   which would be ignored, or a value is out of range
 * @example
 * const options = { size: defaulted(wholeNumber(1), 8, 'Pixels.') };
 * checkOptions('mine', { size: 4 }, options, '{ size: 4 }'); // { size: 4 }
 */
export function checkOptions<S extends Schema>(
  call: string,
  options: unknown,
  schema: S,
  example: string,
): CheckedOptions<S> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${call}: the options are ${shown(options)}; expected an object, such as ${example}.`);
  }
  const known = Object.keys(schema);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(schema, name)) {
      throw new RangeError(
        `${call}: there is no option '${name}'. The options are ${known.join(', ')}.${didYouMean(name, known)}`,
      );
    }
  }
  const checked = known.map((name) => {
    const { kind, presence, value } = schema[name];
    const given = (options as Record<string, unknown>)[name];
    if (given === undefined && presence !== 'required') return [name, value];
    checkValue(`${call}: ${name}`, given, kind);
    return [name, given];
  });
  return Object.fromEntries(checked);
}

function checkValue(name: string, value: unknown, kind: Kind<unknown>): void {
  if (!kind.passes(value)) {
    const message = `${name}: got ${shown(value)}; expected ${kind.expected}.`;
    throw kind.isRange ? new RangeError(message) : new TypeError(message);
  }
  kind.inside?.(name, value);
}
