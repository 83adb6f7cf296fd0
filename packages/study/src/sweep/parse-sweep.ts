import { Checker, type CheckOptions, listed, shown } from '../definition/checker.js';
import type { TrialOptions } from '../definition/study.js';
import { StudyError } from '../errors.js';
import { sweepConfigurations } from './configurations.js';
import { isPowerOfTwo } from './ranges.js';
import { SCORES } from './scores.js';
import { MOST_DIMENSIONS } from './sobol.js';
import {
  type Halving,
  isRange,
  type OptionValue,
  type Range,
  type Score,
  type ScoreName,
  type Sweep,
} from './sweep.js';

/** What a definition may say. */
const KEYS = ['name', 'title', 'base', 'space', 'trials', 'seed', 'score', 'halving'];
const RANGES = ['uniform', 'logUniform', 'integers', 'powersOfTwo', 'choice'] as const;
const SCORE_KEYS = ['of', 'goal', 'model'];
const HALVING_KEYS = ['factor', 'firstEpochs', 'mostEpochs'];
const SCORE_NAMES = Object.keys(SCORES) as ScoreName[];

/** More trials than anybody waits for. */
const MOST_TRIALS = 10_000;

/** What the definition is checked with. */
export interface ParseSweepOptions extends CheckOptions {
  /** Options that win over those of `base`. */
  readonly base?: TrialOptions;
  /** Options that a sweep cannot vary, each with the reason as a sentence. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** The models that a training with these options has; default: any. */
  readonly modelsOf?: (options: TrialOptions) => readonly string[];
  /**
   * Checks all options of a trial together.
   *
   * @param where for messages, such as `space.json: trial-07`
   */
  readonly checkTrial?: (options: TrialOptions, where: string) => void;
}

/**
 * Reads the definition of a sweep.
 *
 * @param text JSON: `name`, `space` (for each option a list of values, or one range: `uniform`, `logUniform`, `integers` or
 *   `powersOfTwo` with two ends, or `choice` with values), and where needed `base` (options that all trials share),
 *   `trials` (points to draw from the ranges), `seed`, `score` and `halving`
 * @throws StudyError if it is no definition of a sweep, naming the place, what was got and what was expected
 * @example
 * const text = '{ "name": "rates", "space": { "learningRate": { "logUniform": [0.0001, 0.01] } }, "trials": 8 }';
 * parseSweep(text, { source: 'rates.json' }).score; // { of: 'valLoss', goal: 'minimise' }
 */
export function parseSweep(text: string, options: ParseSweepOptions): Sweep {
  const check = new SweepChecker(options);
  const table = check.table(check.json(text), 'the whole file', KEYS);
  const name = check.folderName(table.name, 'name');
  const base = { ...check.options(table.base ?? {}, 'base'), ...options.base };
  const space = check.space(table.space, base);
  const hasRange = Object.values(space).some(isRange);
  if (!hasRange && table.trials !== undefined) {
    check.fail('trials: got a number of points, but all options of the space have lists', {
      advice: 'Leave it out: all combinations are tried.',
    });
  }
  const sweep: Sweep = {
    name,
    title: table.title === undefined ? name : check.text(table.title, 'title'),
    base,
    space,
    ...(hasRange && { trials: check.wholeNumber(table.trials, 'trials', 1, MOST_TRIALS) }),
    seed: check.wholeNumber(table.seed ?? 0, 'seed', 0),
    score: check.score(table.score ?? 'valLoss'),
    ...(table.halving !== undefined && { halving: check.halving(table.halving) }),
  };
  check.together(sweep);
  return sweep;
}

class SweepChecker extends Checker<ParseSweepOptions> {
  space(value: unknown, base: TrialOptions): Sweep['space'] {
    const axes = Object.entries(this.table(value, 'space'));
    if (axes.length === 0) this.fail('space: got no option, expected options with lists of values or ranges');
    const found = new Map<string, readonly OptionValue[] | Range>();
    for (const [given, axis] of axes) {
      const where = `space.${given}`;
      const { name, read } = Array.isArray(axis) ? this.list(given, axis, where) : this.range(given, axis, where);
      const reason = this.parts.fixed?.[name];
      if (reason !== undefined) this.fail(`${where}: a sweep does not vary ${name}`, { advice: reason });
      if (found.has(name)) this.fail(`${where}: got ${name} a second time, expected each option once`);
      if (base[name] != null) {
        this.fail(`${where}: got ${name}, which the base has too`, { advice: 'Leave one of them out.' });
      }
      found.set(name, read);
    }
    const ranges = [...found.values()].filter(isRange).length;
    if (ranges > MOST_DIMENSIONS) {
      this.fail(`space: got ${ranges} ranges, expected at most ${MOST_DIMENSIONS}`, {
        advice: 'Give lists in the place of some, or fix them in the base.',
      });
    }
    return Object.fromEntries(found);
  }

  private list(option: string, values: readonly unknown[], where: string) {
    if (values.length === 0) this.fail(`${where}: got [], expected a list of values`);
    const read = values.map((value) => this.value(option, value, where));
    const repeated = read.findIndex(({ value }, index) => read.findIndex((each) => each.value === value) < index);
    if (repeated >= 0) this.fail(`${where}: got ${shown(values[repeated])} twice, expected each value once`);
    return { name: read[0].name, read: read.map(({ value }) => value) };
  }

  /** A value of an option, and the option's name, as trials have them. */
  private value(option: string, value: unknown, where: string): { name: string; value: OptionValue } {
    if (typeof value !== 'boolean' && typeof value !== 'number' && typeof value !== 'string') {
      this.fail(`${where}: got ${shown(value)}, expected a number, a text, true or false`);
    }
    const [[name, read]] = Object.entries(this.options({ [option]: value }, 'space'));
    return { name, value: read as OptionValue };
  }

  private range(option: string, axis: unknown, where: string): { name: string; read: Range } {
    if (typeof axis !== 'object' || axis === null) {
      this.fail(
        `${where}: got ${shown(axis)}, expected a list such as [1, 2], or a range such as { "uniform": [1, 2] }`,
        { advice: `An option with one value belongs into the base.` },
      );
    }
    const [kind, ...others] = Object.keys(this.table(axis, where, RANGES)) as (typeof RANGES)[number][];
    if (kind === undefined || others.length > 0) {
      this.fail(`${where}: got ${shown(axis)}, expected one of ${listed(RANGES)}`);
    }
    const given = (axis as Readonly<Record<string, unknown>>)[kind];
    if (kind === 'choice') {
      if (!Array.isArray(given)) this.fail(`${where}.choice: got ${shown(given)}, expected a list of values`);
      const { name, read } = this.list(option, given, `${where}.choice`);
      return { name, read: { choice: read } };
    }
    const [low, high] = this.ends(kind, given, `${where}.${kind}`);
    const [{ name }] = [low, high].map((end) => this.value(option, end, where));
    return { name, read: { [kind]: [low, high] } as unknown as Range };
  }

  private ends(kind: Exclude<(typeof RANGES)[number], 'choice'>, given: unknown, where: string): [number, number] {
    const fits: Readonly<Record<typeof kind, (value: number) => boolean>> = {
      uniform: () => true,
      logUniform: (value) => value > 0,
      integers: Number.isSafeInteger,
      powersOfTwo: (value) => Number.isSafeInteger(value) && isPowerOfTwo(value),
    };
    const words = {
      uniform: 'numbers',
      logUniform: 'numbers above 0',
      integers: 'whole numbers',
      powersOfTwo: 'powers of two',
    };
    const isPair =
      Array.isArray(given) && given.length === 2 && given.every(Number.isFinite) && given.every(fits[kind]);
    if (!isPair || !(given[0] < given[1]) || !Number.isFinite(given[1] - given[0])) {
      this.fail(`${where}: got ${shown(given)}, expected two ${words[kind]}, the lower one first`);
    }
    return given as [number, number];
  }

  score(value: unknown): Score {
    const table = typeof value === 'string' ? { of: value } : this.table(value, 'score', SCORE_KEYS);
    const of = this.oneOf(table.of, typeof value === 'string' ? 'score' : 'score.of', SCORE_NAMES) as ScoreName;
    const goal = this.oneOf(table.goal ?? SCORES[of].goal, 'score.goal', ['minimise', 'maximise']) as Score['goal'];
    return { of, goal, ...(table.model !== undefined && { model: this.text(table.model, 'score.model') }) };
  }

  halving(value: unknown): Halving {
    const { factor, firstEpochs, mostEpochs } = this.table(value, 'halving', HALVING_KEYS);
    const first = this.wholeNumber(firstEpochs ?? 1, 'halving.firstEpochs', 1);
    return {
      factor: this.wholeNumber(factor ?? 3, 'halving.factor', 2),
      firstEpochs: first,
      mostEpochs: this.wholeNumber(mostEpochs, 'halving.mostEpochs', first),
    };
  }

  /** What fits by itself, but not together. */
  together(sweep: Sweep): void {
    const { base, space, score, halving } = sweep;
    const has = (option: string) => base[option] != null || Object.hasOwn(space, option);
    if (halving && has('epochs')) {
      this.fail('halving: got epochs among the options, too', { advice: 'Leave epochs out: halving says how many.' });
    }
    if (halving && has('earlyStopping')) {
      this.fail('halving: got earlyStopping among the options, too', {
        advice: 'Leave one of them out: both end trainings early.',
      });
    }
    if (Object.hasOwn(space, 'loss') && (score.of === 'valLoss' || score.of === 'loss')) {
      this.fail(`score: got ${score.of}, but the space has several losses, which have no common scale`, {
        advice: 'Choose testError, psnr or ssim.',
      });
    }
    const sizes = Object.values(space).map((axis) => (isRange(axis) ? 1 : axis.length));
    const size = sizes.reduce((product, each) => product * each, sweep.trials ?? 1);
    if (size > MOST_TRIALS) this.fail(`space: got ${size} trials, expected at most ${MOST_TRIALS}`);
    for (const { name, options } of this.configurations(sweep)) {
      const where = `${this.parts.source}: ${name}`;
      this.parts.checkOptions?.(options, where);
      this.parts.checkTrial?.(options, where);
      this.eachTrial(options, name, sweep);
    }
  }

  private configurations(sweep: Sweep) {
    try {
      return sweepConfigurations(sweep);
    } catch (cause) {
      if (!(cause instanceof StudyError)) throw cause;
      throw new StudyError(`${this.parts.source}: trials: ${cause.message}`, { cause });
    }
  }

  private eachTrial(options: TrialOptions, name: string, { score, halving }: Sweep): void {
    const models = this.parts.modelsOf?.(options) ?? [];
    if (models.length > 1 && score.model === undefined) {
      this.fail(`score: got no model, but ${name} trains ${listed(models).replace(/ or /, ' and ')}`, {
        advice: `Name one, as in "score": { "of": "${score.of}", "model": "${models[0]}" }.`,
      });
    }
    if (score.model !== undefined && models.length > 0 && !models.includes(score.model)) {
      this.fail(`score.model: got '${score.model}', but ${name} trains ${listed(models)}`);
    }
    if (score.of === 'valLoss' && options.validationSplit === 0) {
      this.fail(`score: got valLoss, but ${name} holds nothing out (validationSplit is 0)`, {
        advice: 'Choose another score.',
      });
    }
    if (halving && String(options.schedule ?? '').includes('cosine')) {
      this.fail(`halving: ${name} has the schedule ${options.schedule}, which ends with its last epoch`, {
        advice: 'Choose a schedule that does not depend on the epochs.',
      });
    }
  }
}
