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
 * await runStudy(study, { directory: 'my-study', executor: localExecutor(perform) });
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
