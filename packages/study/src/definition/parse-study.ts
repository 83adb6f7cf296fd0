import { Checker, type CheckOptions, shown } from './checker.js';
import { expandGrid } from './grid.js';
import type { Json, Measure, Study, Trial, TrialOptions } from './study.js';

/** What a definition may say. */
const KEYS = ['name', 'title', 'base', 'trials', 'grid', 'measures', 'report'];
const TRIAL_KEYS = ['name', 'options', 'measures'];

/** More trials than anybody waits for. */
const MOST_TRIALS = 10_000;

/** What the definition is checked with. */
export interface ParseStudyOptions extends CheckOptions {
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
  const check = new StudyChecker(options);
  const table = check.table(check.json(text), 'the whole file', KEYS);
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

class StudyChecker extends Checker<ParseStudyOptions> {
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
