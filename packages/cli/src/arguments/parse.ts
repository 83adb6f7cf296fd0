import { parseArgs } from 'node:util';
import { mostSimilar } from '@weft/core/program';
import { UsageError } from '../exit.js';
import type { Kind } from './kinds.js';
import { defaultOf, kebab, type OptionTable, type Values } from './table.js';

/** What was read from the command line. */
export interface Parsed<Table extends OptionTable> {
  readonly values: Values<Table>;
  /** Names of the options that were given. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/**
 * Reads options by a table. With `quick` among those given, defaults are the table's quick ones; what was given wins.
 *
 * @param command  as the user calls it, such as `weft train`, for messages
 * @throws UsageError for an option that is not in the table, or a value that the option does not take
 */
export function parseOptions<Table extends OptionTable>(
  command: string,
  table: Table,
  args: readonly string[],
): Parsed<Table> {
  const names = Object.keys(table);
  const { values: given, positionals } = parseStrictly(command, table, args);
  const quick = given.quick === true;
  const values = names.map((name) => {
    const { kind, default: standard } = table[name];
    const text = given[kebab(name)];
    if (typeof text === 'boolean') return [name, text];
    if (text === undefined) return [name, defaultOf(table[name], quick)];
    const value = read(name, kind, text);
    if (value === undefined) {
      throw new UsageError(
        `--${kebab(name)}: got '${text}', expected ${kind.expected}. Give for instance --${kebab(name)} ${exampleOf(kind.example, standard)}.`,
      );
    }
    return [name, value];
  });
  return {
    values: Object.fromEntries(values),
    given: new Set(names.filter((name) => given[kebab(name)] !== undefined)),
    positionals,
  };
}

/** @throws UsageError with what the kind says, where it says more than that the text is none */
function read<Value>(name: string, kind: Kind<Value>, text: string): Value | undefined {
  try {
    return kind.read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${kebab(name)}: ${error.message}`);
  }
}

function exampleOf(example: string, standard: unknown): string {
  return standard === undefined || typeof standard === 'boolean' ? example : String(standard);
}

function parseStrictly(command: string, table: OptionTable, args: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { kind, short }]) => [
      kebab(name),
      { type: kind.placeholder === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  );
  try {
    return parseArgs({ args: joinNegative(args, options), options, strict: true, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    const fault =
      code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
        ? unknownOption(command, /'(-[^']*)'/.exec(message)?.[1] ?? message, Object.keys(options))
        : misusedOption(table, /--([a-z-]+)/.exec(message)?.[1] ?? '');
    throw new UsageError(`${fault} '${command} --help' lists the options.`);
  }
}

/** `--epochs -3` as `--epochs=-3`: a number is no option, so that it is refused as what it is. */
function joinNegative(args: readonly string[], options: Readonly<Record<string, { type: string }>>): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1) ?? '';
    const takesValue = last.startsWith('--') && options[last.slice(2)]?.type === 'string';
    if (takesValue && /^-[\d.]/.test(arg)) joined[joined.length - 1] = `${last}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function misusedOption(table: OptionTable, name: string): string {
  const kind = Object.entries(table).find(([key]) => kebab(key) === name)?.[1].kind;
  if (kind?.placeholder === undefined) return `--${name}: got a value, expected none. Give --${name} alone.`;
  return `--${name}: got no value, expected ${kind.expected}.`;
}

function unknownOption(command: string, got: string, known: readonly string[]): string {
  const similar = mostSimilar(got.replace(/^-+/, ''), known);
  return `${got}: ${command} has no such option.${similar ? ` Did you mean --${similar}?` : ''}`;
}
