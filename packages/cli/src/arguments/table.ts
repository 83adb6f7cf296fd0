import type { Kind } from './kinds.js';

/** An option: what it takes, what it is without being given, and what it is for. */
export interface Option<Value> {
  readonly kind: Kind<Value & {}>;
  readonly default: NoInfer<Value>;
  /** The default in words, where its value would not tell. */
  readonly defaultText?: string;
  /** The default under `--quick`. */
  readonly quick?: NoInfer<Value>;
  readonly short?: string;
  readonly help: string;
}

/** Options by name in camel case; on the command line `batchSize` is `--batch-size`. */
// biome-ignore lint/suspicious/noExplicitAny: each option has a value type of its own
export type OptionTable = Readonly<Record<string, Option<any>>>;

/** The values of all options of a table. */
export type Values<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

/** Makes an entry of a table; the compiler finds its value's type. */
export function option<Value>(entry: Option<Value>): Option<Value> {
  return entry;
}

/** What an option is without being given. */
export function defaultOf<Value>({ default: standard, quick }: Option<Value>, isQuick: boolean): Value {
  return isQuick && quick !== undefined ? quick : standard;
}

/**
 * The values of all options where some are given, as the command line would have them; undefined is not given.
 *
 * @throws RangeError for a name that is not in the table
 */
export function withDefaults<Table extends OptionTable>(table: Table, given: Partial<Values<Table>>): Values<Table> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) {
    throw new RangeError(`there is no option '${unknown}'. The options are ${Object.keys(table).join(', ')}.`);
  }
  const isQuick = given.quick === true;
  const values = Object.entries(table).map(([name, entry]) => [name, given[name] ?? defaultOf(entry, isQuick)]);
  return Object.fromEntries(values);
}

/** `batchSize` as it stands on the command line, without dashes: `batch-size`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
