import { flag } from '../arguments/kinds.js';
import { type OptionTable, option, type Values } from '../arguments/table.js';
import type { Terminal } from '../terminal/terminal.js';

/** What a command is given. */
export interface Invocation<Table extends OptionTable> {
  readonly values: Values<Table>;
  /** Names of the options that were given; the others have their defaults. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
}

/** One of `weft`'s commands. */
export interface Command<Table extends OptionTable = OptionTable> {
  /** How it is called, such as `weft train [options]`. */
  readonly usage: string;
  /** A line for the list of commands. */
  readonly summary: string;
  /** A paragraph for its own help. */
  readonly description: string;
  readonly options: Table;
  /** How many arguments it takes besides options. */
  readonly positionals: { readonly least: number; readonly most: number };
  /** @returns the exit code */
  run(invocation: Invocation<Table>): Promise<number>;
}

/** Options that every command has. */
export const commonOptions = {
  quiet: option({ kind: flag, default: false, help: 'Print nothing but errors, and what --json asks for.' }),
  help: option({ kind: flag, default: false, short: 'h', help: 'Show this help.' }),
  version: option({ kind: flag, default: false, help: 'Show the version of Weft.' }),
};

/** For commands whose result a program may read. */
export const jsonOption = (what: string) =>
  option({ kind: flag, default: false, help: `Print ${what} as JSON to stdout instead of a text.` });
