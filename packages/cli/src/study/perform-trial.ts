import { basename } from 'node:path';
import { type PerformTrial, performInFolder, type Trial, type TrialResult } from '@weft/study';
import { continueRun } from '../run/continue-run.js';
import { performTraining } from '../run/perform-training.js';
import type { Terminal } from '../terminal/terminal.js';
import { measureTrial } from './measure-trial.js';
import { completeOptions, givenTrainOptions } from './trial-options.js';

/** What a trial is performed with; none of it decides its result. */
export interface TrialContext {
  /** Where warnings and the progress of the training go. */
  readonly terminal: Terminal;
  /** Of the training. */
  readonly threads: number;
  /** Is called with the name of each trial that is trained: not of one that is finished already. */
  readonly onTraining?: (name: string) => void;
}

/**
 * Performs one trial of a study or a sweep, in this process or for a worker of a cluster: trains as `weft train` does, and
 * measures. What is finished in the folder is taken as it is, what is unfinished there is resumed, and a trial that
 * `continues` another one starts from the checkpoint in `folder/trials/NAME` of that one.
 *
 * @param trial  plain JSON
 * @param folder of the study: the run is written into `trials/NAME` in it
 * @param signal aborts the training, which can then be resumed by the same call
 * @returns plain JSON, the same wherever the trial is performed
 * @throws StudyError if the folder holds something else, or the trial that this one continues is not there; the signal's
 *   reason if it was aborted; UsageError for options that no training takes
 */
export async function performTrial(
  trial: Trial,
  folder: string,
  signal: AbortSignal,
  context: TrialContext,
): Promise<TrialResult> {
  return trialPerformer(folder, context)(trial, signal);
}

/** What performs trials of a study in its folder, as {@link performTrial} does. */
export function trialPerformer(directory: string, { terminal, threads, onTraining }: TrialContext): PerformTrial {
  return performInFolder({
    directory,
    complete: completeOptions,
    async train({ options, folder, continues, signal }) {
      onTraining?.(basename(folder));
      if (continues !== undefined) await continueRun(continues, folder, Number(options.epochs));
      return performTraining({ options: givenTrainOptions(options, threads), directory: folder, terminal, signal });
    },
    measure: (measure, call) => measureTrial(measure, call, { terminal, threads }),
  });
}
