import { mostSimilar } from '@weft/core/program';
import { StudyError } from '../errors.js';
import type { TrialOptions } from './study.js';

/** What definitions of studies and sweeps are checked with. */
export interface CheckOptions {
  /** For messages, such as the file that the text comes from. */
  readonly source: string;
  /**
   * Checks options and gives them by their names in camel case.
   *
   * @param where for messages, such as `trials[0].options`
   */
  readonly checkOptions?: (options: TrialOptions, where: string) => TrialOptions;
}

/** Reads parts of a definition. Whatever is not as it should be is refused with a sentence that names its place. */
export class Checker<Parts extends CheckOptions = CheckOptions> {
  constructor(protected readonly parts: Parts) {}

  /**
   * @param message what was got and what was expected, without a full stop
   * @param advice  a sentence that says what to do
   */
  fail(message: string, { advice, cause }: { advice?: string | undefined; cause?: unknown } = {}): never {
    throw new StudyError(`${this.parts.source}: ${message}.${advice ? ` ${advice}` : ''}`, { cause });
  }

  json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      return this.fail(`it is no JSON: ${(cause as Error).message.slice(0, 200)}`, { cause });
    }
  }

  table(value: unknown, where: string, keys?: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail(`${where}: got ${shown(value)}, expected an object`);
    }
    const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
    if (keys && unknown !== undefined) {
      const message = `${where}: got the key '${unknown.slice(0, 60)}', expected ${listed(keys)}`;
      this.fail(message, { advice: didYouMean(unknown, keys) });
    }
    return value as Record<string, unknown>;
  }

  text(value: unknown, where: string): string {
    if (typeof value !== 'string' || value.trim() === '') this.fail(`${where}: got ${shown(value)}, expected a text`);
    return value;
  }

  oneOf(value: unknown, where: string, words: readonly string[] | undefined): string {
    const word = this.text(value, where);
    if (words && !words.includes(word)) {
      this.fail(`${where}: got '${word}', expected ${listed(words)}`, { advice: didYouMean(word, words) });
    }
    return word;
  }

  wholeNumber(value: unknown, where: string, from: number, to = Number.MAX_SAFE_INTEGER): number {
    if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) return value as number;
    const most = to === Number.MAX_SAFE_INTEGER ? '' : ` to ${to}`;
    return this.fail(`${where}: got ${shown(value)}, expected a whole number from ${from}${most}`);
  }

  /** It becomes the name of a folder, on any system. */
  folderName(value: unknown, where: string): string {
    if (typeof value !== 'string' || !/^[a-z0-9][a-z0-9._+-]{0,79}$/i.test(value) || value.endsWith('.')) {
      this.fail(
        `${where}: got ${shown(value)}, expected up to 80 letters, digits, dots, dashes and underscores, beginning with a letter or digit`,
      );
    }
    return value;
  }

  options(value: unknown, where: string): TrialOptions {
    const table = this.table(value, where);
    for (const [name, each] of Object.entries(table)) {
      if (each !== null && !['boolean', 'number', 'string'].includes(typeof each)) {
        this.fail(`${where}.${name}: got ${shown(each)}, expected a number, a text, true, false or null`);
      }
    }
    return (
      this.parts.checkOptions?.(table as TrialOptions, `${this.parts.source}: ${where}`) ?? (table as TrialOptions)
    );
  }
}

/** `a, b or c`. */
export const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** What was got, short enough for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  try {
    const text = JSON.stringify(value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  } catch {
    // Lists in lists, deeper than any text of them can be made.
    return Array.isArray(value) ? '[...]' : '{...}';
  }
}

function didYouMean(given: string, known: readonly string[]): string | undefined {
  const similar = mostSimilar(given, known);
  return similar === undefined ? undefined : `Did you mean ${similar}?`;
}
