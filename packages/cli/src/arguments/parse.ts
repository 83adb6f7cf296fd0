import { parseArgs } from 'node:util';
import { UsageError } from '../exit.js';
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
    const value = kind.read(text);
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

/** Longer than any option and any command: what is, is similar to none. */
const LONGEST_WORD = 40;

/** The word that the given one was probably meant to be; undefined if none is near. */
export function mostSimilar(given: string, known: readonly string[]): string | undefined {
  if (given.length > LONGEST_WORD) return undefined;
  const begun = known.filter((word) => given.length >= 3 && word.startsWith(given));
  if (begun.length === 1) return begun[0];
  const distances = known.map((word) => ({ word, distance: editDistance(given, word) }));
  const nearest = distances.reduce((best, next) => (next.distance < best.distance ? next : best));
  return nearest.distance <= (given.length < 5 ? 1 : 2) ? nearest.word : undefined;
}

/**
 * Letters to insert, delete or replace to make one word of another.
 *
 * @see Levenshtein (1966), Binary codes capable of correcting deletions, insertions, and reversals
 */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
