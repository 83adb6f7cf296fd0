import type { Trial, TrialOptions } from '../definition/study.js';
import type { Executor } from '../execute/executor.js';
import { performAll } from '../execute/perform-all.js';
import type { TrialResult } from '../execute/trial-result.js';
import { type Configuration, type Rung, rungsOf, sweepConfigurations, trialInRung } from './configurations.js';
import { ranking, scoreOf } from './scores.js';
import type { Sweep } from './sweep.js';

/** A row of the table of a sweep: how far a trial has come, and with which score. */
export interface SweepRow {
  /** From 1, the best: trials of later rungs first, then by the score, then by their numbers. */
  readonly rank: number;
  /** `trial-07`. */
  readonly trial: string;
  /** The name of its last run, which is that of its folder in `trials/`. */
  readonly run: string;
  /** Epochs of this run. */
  readonly epochs: number;
  /** Null where it is no finite number, as after a training that diverged. */
  readonly score: number | null;
  /** Those that the sweep searches. */
  readonly options: TrialOptions;
}

/** A rung and its place among all of them. */
export interface RungCall extends Rung {
  /** From 1. */
  readonly number: number;
  readonly rungs: number;
  /** The trials to perform. */
  readonly trials: readonly Trial[];
}

export interface PerformRungsOptions {
  readonly executor: Executor;
  readonly signal: AbortSignal;
  /** Is called before each rung. */
  readonly onRung?: (rung: RungCall) => void;
  /** Is called after each trial, with its score and how many of its rung are done. */
  readonly onDone?: (trial: Trial, result: TrialResult, score: number | undefined, done: number) => void;
}

/** A configuration with what came of it in a rung. */
export interface Performed {
  readonly configuration: Configuration;
  readonly result: TrialResult;
  readonly score: number | undefined;
}

/** What came of each rung. Trials without a score do not go on. */
export async function performRungs(
  sweep: Sweep,
  { executor, signal, onRung, onDone }: PerformRungsOptions,
): Promise<Performed[][]> {
  const configurations = sweepConfigurations(sweep);
  const rungs = rungsOf(sweep, configurations.length);
  const performed: Performed[][] = [];
  let left: readonly Configuration[] = configurations;
  for (const [index, rung] of rungs.entries()) {
    if (left.length === 0) break;
    const trials = left.map((configuration) => trialInRung(configuration, rungs, index));
    onRung?.({ ...rung, number: index + 1, rungs: rungs.length, trials });
    const results = await performAll(trials, {
      executor,
      signal,
      onDone: (trial, result, done) => onDone?.(trial, result, scoreOf(result, sweep.score), done),
    });
    const own = results.map((result, at) => ({
      configuration: left[at],
      result,
      score: scoreOf(result, sweep.score),
    }));
    performed.push(own);
    left = survivors(own, sweep, rungs[index + 1]?.count ?? 0);
  }
  return performed;
}

/** The best of a rung, in the order of their numbers. */
function survivors(rung: readonly Performed[], { score: { goal } }: Sweep, count: number): Configuration[] {
  const order = ranking(
    rung.map(({ score }) => score),
    goal,
  );
  const best = new Set(order.filter((index) => rung[index].score !== undefined).slice(0, count));
  return rung.filter((_, index) => best.has(index)).map(({ configuration }) => configuration);
}

/** Each configuration once, with its last run. */
export function rowsOf({ space, score: { goal } }: Sweep, rungs: readonly (readonly Performed[])[]): SweepRow[] {
  const seen = new Set<string>();
  const searched = Object.keys(space);
  return rungs
    .toReversed()
    .flatMap((rung) => {
      const order = ranking(
        rung.map(({ score }) => score),
        goal,
      );
      return order.map((index) => rung[index]);
    })
    .filter(({ configuration: { name } }) => !seen.has(name) && seen.add(name))
    .map(({ configuration, result, score }, index) => ({
      rank: index + 1,
      trial: configuration.name,
      run: result.name,
      epochs: Number(result.options.epochs),
      score: score ?? null,
      options: Object.fromEntries(searched.map((option) => [option, configuration.options[option]])),
    }));
}
