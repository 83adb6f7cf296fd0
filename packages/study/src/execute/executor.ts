import type { Trial } from '../definition/study.js';
import type { TrialResult } from './trial-result.js';

/** What an executor is called with. */
export interface ExecutorCall {
  /** Aborted when the study is to stop. */
  readonly signal: AbortSignal;
  /** Is called once for each trial that is done, in any order. */
  readonly onDone: (trial: Trial, result: TrialResult) => void;
}

/** Performs trials somewhere: in this process, or on other machines. Results do not depend on where, or on the order. */
export interface Executor {
  /** Settles when all trials are done, or one has failed; rejects with the signal's reason if that was aborted. */
  run(trials: readonly Trial[], call: ExecutorCall): Promise<void>;
}

/** Performs one trial, with all that is measured of it. */
export type PerformTrial = (trial: Trial, signal: AbortSignal) => Promise<TrialResult>;

/**
 * An executor that performs one trial after another in this process. A training has all cores for itself.
 *
 * @param perform performs one trial
 * @example
 * const base = { dataset: 'mine', synthetic: false, trainCount: 9, validationCount: 0, testCount: 1 };
 * const executor = localExecutor(async ({ name, options }) => {
 *   return { name, options, ...base, models: {}, measurements: {} }; // trains, for instance by `performInFolder`
 * });
 * const done: string[] = [];
 * const call = { signal: new AbortController().signal, onDone: ({ name }: Trial) => void done.push(name) };
 * await executor.run([{ name: 'a', options: {} }], call);
 * done; // ['a']
 */
export function localExecutor(perform: PerformTrial): Executor {
  return {
    async run(trials, { signal, onDone }) {
      for (const trial of trials) {
        signal.throwIfAborted();
        onDone(trial, await perform(trial, signal));
      }
    },
  };
}
