import type { Trial } from '../definition/study.js';
import { StudyError } from '../errors.js';
import type { Executor } from './executor.js';
import type { TrialResult } from './trial-result.js';

/** How trials are performed. */
export interface PerformAllOptions {
  readonly executor: Executor;
  readonly signal: AbortSignal;
  /** Is called after each trial, with how many are done. */
  readonly onDone?: (trial: Trial, result: TrialResult, done: number) => void;
}

/**
 * Performs trials by an executor.
 *
 * @returns their results, in the order of the trials
 * @throws StudyError if the executor left one out; whatever it rejects with
 */
export async function performAll(
  trials: readonly Trial[],
  { executor, signal, onDone }: PerformAllOptions,
): Promise<TrialResult[]> {
  const done = new Map<string, TrialResult>();
  await executor.run(trials, {
    signal,
    onDone(trial, result) {
      done.set(trial.name, result);
      onDone?.(trial, result, done.size);
    },
  });
  const missing = trials.filter(({ name }) => !done.has(name));
  if (missing.length > 0) throw new StudyError(`there is no result of ${missing.map(({ name }) => name).join(', ')}.`);
  return trials.map(({ name }) => done.get(name) as TrialResult);
}

/** What is compared must have been tested on the same images: @throws StudyError if it was not */
export function requireSameTestImages(results: readonly TrialResult[]): void {
  const keyOf = ({ options }: TrialResult) =>
    JSON.stringify([options.dataset, options.data, options.testLimit, options.size]);
  const first = new Map<string, TrialResult>();
  for (const result of results) {
    const other = first.get(keyOf(result)) ?? result;
    first.set(keyOf(result), other);
    const [got, expected] = [result, other].map(({ dataset, dataSha256 }) =>
      `${dataset} ${dataSha256?.test ?? ''}`.trim(),
    );
    if (got === expected) continue;
    throw new StudyError(
      `the trial ${result.name} was tested on ${got}, the trial ${other.name} on ${expected}, which cannot be compared. Put the former data in their place, or delete the folder of one of them.`,
    );
  }
}
