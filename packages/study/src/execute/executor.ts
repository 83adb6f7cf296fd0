import type { Trial } from '../definition/study.js';
import type { TrialResult } from './trial-result.js';

/** What an executor is called with. */
export interface ExecutorCall {
  /** Aborted when the study is to stop. */
  readonly signal: AbortSignal;
  /** Is called once for each trial that is done, in any order. */
  readonly onDone: (trial: Trial, result: TrialResult) => void;
}

/**
 * Performs trials somewhere: in this process, or on other machines. Results do not depend on where, or on the order.
 * A study calls it once, a sweep once for each rung: with trials that continue those of an earlier call.
 */
export interface Executor {
  /** Settles when all trials are done, or one has failed; rejects with the signal's reason if that was aborted. */
  run(trials: readonly Trial[], call: ExecutorCall): Promise<void>;
}

/** Performs one trial, with all that is measured of it. */
export type PerformTrial = (trial: Trial, signal: AbortSignal) => Promise<TrialResult>;

/**
 * An executor for this process. With one performer it performs one trial after another, and a training has all cores for
 * itself; with several, each performs the next trial that is left as soon as it is free. When one fails, the others are
 * aborted.
 *
 * @param performers perform one trial at a time each, such as two that have half of the threads each
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
export function localExecutor(...performers: readonly PerformTrial[]): Executor {
  return {
    async run(trials, { signal, onDone }) {
      const failure = new AbortController();
      const either = AbortSignal.any([signal, failure.signal]);
      const left = trials.values();
      const work = performers.map(async (perform) => {
        try {
          for (const trial of left) {
            either.throwIfAborted();
            onDone(trial, await perform(trial, either));
          }
        } catch (error) {
          failure.abort(error);
        }
      });
      await Promise.all(work);
      either.throwIfAborted();
    },
  };
}
