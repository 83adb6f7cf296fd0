import { checkKnownOptions, numberIn, refuse } from '@weft/core/program';

/** Gives a value that an option may have. @throws RangeError naming the option, for any other value */
export type Reader<T> = (label: string, option: string, value: unknown) => T;

/**
 * Options, each declared once: a reader for one that must be given, a pair of reader and default for any other. Types,
 * checks and defaults all come from here.
 */
export type Schema = Readonly<Record<string, Reader<unknown> | readonly [Reader<unknown>, unknown]>>;

type ValueOf<Entry> = Entry extends readonly [Reader<infer T>, infer Default]
  ? T | (Default extends undefined ? undefined : never)
  : Entry extends Reader<infer T>
    ? T
    : never;

/** An object of options as a user gives it. */
export type OptionsOf<S extends Schema> = {
  readonly [Name in keyof S as S[Name] extends readonly unknown[] ? never : Name]: ValueOf<S[Name]>;
} & {
  readonly [Name in keyof S as S[Name] extends readonly unknown[] ? Name : never]?: ValueOf<S[Name]> | undefined;
};

/** Options that were checked, with the defaults in their places. */
export type Checked<S extends Schema> = { readonly [Name in keyof S]: ValueOf<S[Name]> };

/** @throws RangeError naming the option that is not what it must be, or that there is not */
export function checked<S extends Schema>(label: string, options: unknown, schema: S): Checked<S> {
  checkKnownOptions(label, options, Object.keys(schema));
  const given = options as Readonly<Record<string, unknown>>;
  const entries = Object.entries(schema).map(([name, entry]) => {
    const [read, fallback] = typeof entry === 'function' ? [entry, undefined] : entry;
    const isLeftOut = given[name] === undefined && typeof entry !== 'function';
    return [name, isLeftOut ? fallback : read(label, name, given[name])];
  });
  return Object.fromEntries(entries) as Checked<S>;
}

export const from0: Reader<number> = (label, option, value) => numberIn(label, option, value, 0, Infinity);

/** From 0 to below 1. */
export const decay: Reader<number> = (label, option, value) => numberIn(label, option, value, 0, 1);

/** From 0 to 1. */
export const share: Reader<number> = (label, option, value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : refuse(label, option, value, 'a number from 0 to 1');

export const above0: Reader<number> = (label, option, value) => {
  const isPositive = typeof value === 'number' && value > 0 && value < Infinity && Math.fround(value) > 0;
  return isPositive ? value : refuse(label, option, value, 'a number above 0 that float32 tells from 0');
};
