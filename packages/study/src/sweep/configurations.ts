import { expandGrid } from '../definition/grid.js';
import type { Trial, TrialOptions } from '../definition/study.js';
import { StudyError } from '../errors.js';
import { countOf, valueAt } from './ranges.js';
import { sobolSequence } from './sobol.js';
import { isRange, type OptionValue, type Range, type Sweep } from './sweep.js';

/** Options to try, with a name. */
export interface Configuration {
  /** `trial-07`: by its number, from 1. */
  readonly name: string;
  /** All that decide the result, but for the epochs where the sweep halves. */
  readonly options: TrialOptions;
}

/** Points that are looked at without finding a new one, for each that is wanted. */
const MOST_LOOKS = 16;

/**
 * What a sweep tries: each combination of its lists with each point of its ranges, the points of a Sobol sequence. Equal
 * points come once.
 *
 * @throws StudyError if the ranges have fewer different points than are asked for
 */
export function sweepConfigurations({ base, space, trials = 1, seed }: Sweep): Configuration[] {
  const axes = Object.entries(space);
  const lists = axes.flatMap(([option, axis]) => (isRange(axis) ? [] : [[option, axis] as const]));
  const ranges = axes.flatMap(([option, axis]) => (isRange(axis) ? [[option, axis] as const] : []));
  const grid = expandGrid(Object.fromEntries(lists)).map(({ options }) => options);
  const points = ranges.length === 0 ? [{}] : drawnPoints(ranges, trials, seed);
  const all = points.flatMap((point) => grid.map((values) => inOrder(axes, { ...point, ...values })));
  const digits = String(all.length).length;
  return all.map((options, index) => ({
    name: `trial-${String(index + 1).padStart(digits, '0')}`,
    options: { ...base, ...options },
  }));
}

function drawnPoints(ranges: readonly (readonly [string, Range])[], count: number, seed: number): TrialOptions[] {
  const sizes = ranges.map(([, range]) => countOf(range) ?? Infinity);
  const different = sizes.reduce((product, size) => product * size, 1);
  if (different < count) {
    throw new StudyError(
      `the ranges have ${different} different points, the sweep asks for ${count} trials. Give lists in the place of ranges to try them all, or ask for fewer trials.`,
    );
  }
  const placeOf = sobolSequence(ranges.length, seed);
  const points = new Map<string, TrialOptions>();
  for (let n = 0, newest = 0; points.size < count; n++) {
    if (n - newest > count * MOST_LOOKS) {
      throw new StudyError(
        `only ${points.size} different points of the ranges were found for ${count} trials. Ask for fewer trials, or give lists in the place of ranges.`,
      );
    }
    const places = placeOf(n);
    const values = ranges.map(([option, range], axis): [string, OptionValue] => [option, valueAt(range, places[axis])]);
    const key = JSON.stringify(values);
    if (points.has(key)) continue;
    points.set(key, Object.fromEntries(values));
    newest = n;
  }
  return [...points.values()];
}

/** Options in the order of the space. */
function inOrder(axes: readonly (readonly [string, unknown])[], options: TrialOptions): TrialOptions {
  return Object.fromEntries(axes.map(([option]) => [option, options[option]]));
}

/** One step of successive halving, or all of a sweep that does not halve. */
export interface Rung {
  /** How many trials it has at most. */
  readonly count: number;
  /** Undefined where the options of the sweep say it. */
  readonly epochs?: number;
}

/**
 * The rungs of a sweep: successive halving (synchronous: a rung begins when the one before is done).
 *
 * @param count of configurations
 * @see Jamieson and Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization
 */
export function rungsOf({ halving }: Pick<Sweep, 'halving'>, count: number): Rung[] {
  if (!halving) return [{ count }];
  const { factor, firstEpochs, mostEpochs } = halving;
  const rungs: Rung[] = [{ count, epochs: firstEpochs }];
  for (let epochs = firstEpochs, left = count; epochs < mostEpochs; ) {
    epochs = Math.min(mostEpochs, epochs * factor);
    left = Math.max(1, Math.floor(left / factor));
    rungs.push({ count: left, epochs });
  }
  return rungs;
}

/**
 * The trial of a configuration in a rung. Trials of later rungs continue those of the rung before.
 *
 * @param rung   index
 */
export function trialInRung({ name, options }: Configuration, rungs: readonly Rung[], rung: number): Trial {
  const { epochs } = rungs[rung];
  if (epochs === undefined) return { name, options };
  const nameWith = (count: number) => `${name}-epochs-${count}`;
  const earlier = rungs[rung - 1]?.epochs;
  return {
    name: nameWith(epochs),
    options: { ...options, epochs },
    ...(earlier !== undefined && { continues: { name: nameWith(earlier), epochs: earlier } }),
  };
}

/**
 * The trials of a sweep, with halving those of its first rung: what is known before any of them is performed.
 *
 * @throws StudyError if the ranges have fewer different points than are asked for
 * @example
 * const text = '{ "name": "rates", "space": { "learningRate": { "logUniform": [0.0001, 0.01] } }, "trials": 2 }';
 * const sweep = parseSweep(text, { source: 'rates.json' });
 * sweepTrials(sweep).map(({ name }) => name); // ['trial-1', 'trial-2']
 */
export function sweepTrials(sweep: Sweep): Trial[] {
  const configurations = sweepConfigurations(sweep);
  const rungs = rungsOf(sweep, configurations.length);
  return configurations.map((configuration) => trialInRung(configuration, rungs, 0));
}
