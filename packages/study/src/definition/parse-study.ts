import { StudyError } from '../errors.js';
import { expandGrid } from './grid.js';
import type { Json, Measure, Study, Trial, TrialOptions } from './study.js';

/** What a definition may say. */
const KEYS = ['name', 'title', 'base', 'trials', 'grid', 'measures', 'report'];
const TRIAL_KEYS = ['name', 'options', 'measures'];

/** More trials than anybody waits for. */
const MOST_TRIALS = 10_000;

/** What the definition is checked with. */
export interface ParseStudyOptions {
  /** For messages, such as the file that the text comes from. */
  readonly source: string;
  /**
   * Checks options and gives them by their names in camel case.
   *
   * @param where for messages, such as `trials[0].options`
   */
  readonly checkOptions?: (options: TrialOptions, where: string) => TrialOptions;
  /** Kinds of reports that there are; default: any. */
  readonly reports?: readonly string[];
  /** Kinds of measures that there are; default: any. */
  readonly measures?: readonly string[];
  /**
   * Checks what a measure takes.
   *
   * @param where for messages
   */
  readonly checkMeasure?: (measure: Measure, where: string) => void;
}

/**
 * Reads the definition of a study.
 *
 * @param text JSON: `trials`, each with a name and options, or a `grid` of options with the values of each; `base` has
 *   the options that all trials share
 * @throws StudyError if it is no definition of a study, naming what was got and what was expected
 * @example
 * const text = '{ "name": "depth", "base": { "epochs": 5 }, "grid": { "seed": [1, 2] } }';
 * parseStudy(text, { source: 'depth.json' }).trials.map(({ name }) => name); // ['seed-1', 'seed-2']
 */
export function parseStudy(text: string, options: ParseStudyOptions): Study {
  const check = new Checker(options);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    check.fail(`it is no JSON: ${(cause as Error).message.slice(0, 200)}`, cause);
  }
  const table = check.table(json, 'the whole file', KEYS);
  const name = check.folderName(table.name, 'name');
  const base = check.options(table.base ?? {}, 'base');
  const measures = check.measures(table.measures ?? [], 'measures');
  return {
    name,
    title: table.title === undefined ? name : check.text(table.title, 'title'),
    base,
    trials: check.trials(table, base),
    measures,
    report: check.oneOf(table.report ?? 'table', 'report', options.reports),
  };
}

class Checker {
  constructor(private readonly parts: ParseStudyOptions) {}

  fail(message: string, cause?: unknown): never {
    throw new StudyError(`${this.parts.source}: ${message}.`, { cause });
  }

  table(value: unknown, where: string, keys?: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail(`${where}: got ${shown(value)}, expected an object`);
    }
    const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) this.fail(`${where}: got the key '${unknown}', expected ${listed(keys ?? [])}`);
    return value as Record<string, unknown>;
  }

  text(value: unknown, where: string): string {
    if (typeof value !== 'string' || value.trim() === '') this.fail(`${where}: got ${shown(value)}, expected a text`);
    return value;
  }

  oneOf(value: unknown, where: string, words: readonly string[] | undefined): string {
    const word = this.text(value, where);
    if (words && !words.includes(word)) this.fail(`${where}: got '${word}', expected ${listed(words)}`);
    return word;
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

  measures(value: unknown, where: string): Measure[] {
    if (!Array.isArray(value)) this.fail(`${where}: got ${shown(value)}, expected a list`);
    const kinds = new Set<string>();
    return value.map((each, index) => {
      const table = this.table(each, `${where}[${index}]`);
      const kind = this.oneOf(table.kind, `${where}[${index}].kind`, this.parts.measures);
      if (kinds.has(kind)) this.fail(`${where}[${index}].kind: got '${kind}' a second time, expected each kind once`);
      kinds.add(kind);
      const measure = { ...(table as Readonly<Record<string, Json>>), kind };
      this.parts.checkMeasure?.(measure, `${this.parts.source}: ${where}[${index}]`);
      return measure;
    });
  }

  trials({ trials, grid }: Record<string, unknown>, base: TrialOptions): Trial[] {
    if ((trials === undefined) === (grid === undefined)) {
      this.fail(`${trials ? 'got trials and a grid' : 'got neither trials nor a grid'}, expected one of them`);
    }
    const found = trials === undefined ? this.gridTrials(grid) : this.trialList(trials);
    if (found.length === 0) this.fail('trials: got none, expected at least one');
    if (found.length > MOST_TRIALS) this.fail(`got ${found.length} trials, expected at most ${MOST_TRIALS}`);
    const names = new Map<string, number>();
    for (const [index, { name, options }] of found.entries()) {
      // Some file systems do not tell capitals apart.
      const key = name.toLowerCase();
      const first = names.get(key);
      if (first !== undefined) {
        this.fail(
          `trials[${index}].name: got '${name}', which trials[${first}] has already. Give each trial a name of its own`,
        );
      }
      names.set(key, index);
      this.parts.checkOptions?.({ ...base, ...options }, `${this.parts.source}: trial ${name}`);
    }
    return found;
  }

  private trialList(trials: unknown): Trial[] {
    if (!Array.isArray(trials)) this.fail(`trials: got ${shown(trials)}, expected a list`);
    return trials.map((each, index) => {
      const where = `trials[${index}]`;
      const { name, options = {}, measures } = this.table(each, where, TRIAL_KEYS);
      return {
        name: this.folderName(name, `${where}.name`),
        options: this.options(options, `${where}.options`),
        ...(measures !== undefined && { measures: this.measures(measures, `${where}.measures`) }),
      };
    });
  }

  private gridTrials(grid: unknown): Trial[] {
    const axes = Object.entries(this.table(grid, 'grid'));
    if (axes.length === 0) this.fail('grid: got no option, expected options with lists of values');
    for (const [option, values] of axes) {
      if (!Array.isArray(values) || values.length === 0) {
        this.fail(`grid.${option}: got ${shown(values)}, expected a list of values`);
      }
      values.forEach((value) => {
        this.options({ [option]: value }, `grid`);
      });
    }
    const size = axes.reduce((product, [, values]) => product * (values as unknown[]).length, 1);
    if (size > MOST_TRIALS) this.fail(`grid: got ${size} trials, expected at most ${MOST_TRIALS}`);
    return expandGrid(grid as Readonly<Record<string, readonly (boolean | number | string)[]>>).map(
      ({ name, options }) => ({ name: this.folderName(name, 'grid'), options: this.options(options, 'grid') }),
    );
  }
}

const listed = (words: readonly string[]) =>
  words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
