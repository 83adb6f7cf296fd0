import { checkKnownOptions } from '@weft/core/program';

/**
 * Reads the value of an option: checks it, and gives it as it is kept. Throws a RangeError naming the option for a value
 * that it may not have.
 *
 * @typeParam T     what is kept
 * @typeParam Given what may be given, if that is more: one number for a pair of them
 */
export interface Reader<T, Given = T> {
  (label: string, option: string, value: unknown): T;
  /** For types alone. */
  readonly given?: Given;
}

/**
 * Options, each declared once: a reader for one that must be given, a pair of reader and default for any other. Types,
 * checks and defaults all come from here.
 */
export type Schema = Readonly<Record<string, Reader<unknown> | readonly [Reader<unknown>, unknown]>>;

type ReaderOf<Entry> = Entry extends readonly [infer R, unknown] ? R : Entry;
type DefaultOf<Entry> = Entry extends readonly [unknown, infer Default] ? Default : never;
type KeptBy<R> = R extends (label: string, option: string, value: unknown) => infer T ? T : never;
type GivenTo<R> = R extends { readonly given?: infer Given } ? (unknown extends Given ? KeptBy<R> : Given) : KeptBy<R>;
type ValueOf<Entry> = KeptBy<ReaderOf<Entry>> | (DefaultOf<Entry> extends undefined ? DefaultOf<Entry> : never);

/** An object of options as a user gives it. */
export type OptionsOf<S extends Schema> = {
  readonly [Name in keyof S as S[Name] extends readonly unknown[] ? never : Name]: GivenTo<ReaderOf<S[Name]>>;
} & {
  readonly [Name in keyof S as S[Name] extends readonly unknown[] ? Name : never]?:
    | GivenTo<ReaderOf<S[Name]>>
    | undefined;
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
