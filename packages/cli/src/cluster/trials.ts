import {
  type ClusterExecutorOptions,
  clusterExecutor,
  type PerformServedTrial,
  type ServeTrialsOptions,
  serveTrials,
  type TrialPlace,
} from '@weft/cluster';
import type { Executor } from '@weft/study';
import { isRunFile } from '../run/directory.js';
import { performTrial } from '../study/perform-trial.js';
import { completeOptions } from '../study/trial-options.js';
import { TrialTerminal } from '../sweep/trial-terminal.js';
import type { Terminal } from '../terminal/terminal.js';
import { adoptRun } from './adopt-run.js';
import { checkSharedTrial, finishedFiles, resumableFiles, TRIAL_VERSIONS, TrialDataFinder } from './trial-rules.js';

/** What trials are performed with, here or on workers. */
interface TrialsOptions {
  readonly terminal: Terminal;
  readonly threads: number;
}

/** An executor that has workers perform the trials of a study or a sweep. */
export function trialsOnWorkers(
  place: TrialPlace,
  { terminal, threads, ...options }: TrialsOptions & Pick<ClusterExecutorOptions, 'directory'>,
): Executor {
  return clusterExecutor(place, {
    ...options,
    complete: completeOptions,
    versions: TRIAL_VERSIONS,
    dataOf: new TrialDataFinder(terminal).dataOf,
    isRunFile,
    continuedFiles: finishedFiles,
    perform: (trial, folder, signal) => performTrial(trial, folder, signal, { terminal, threads }),
    adopt: adoptRun,
    onEvent({ kind, trial, worker, message }) {
      if (kind === 'begun') terminal.message(`${trial}: begun by ${worker}`);
      if (kind === 'done') terminal.message(`${trial}: done by ${worker}`);
      if (kind === 'refused') terminal.warning(`${trial}: refused by ${worker}: ${message}`);
      if (kind === 'failed') terminal.warning(`${trial}: failed on ${worker}: ${message}`);
      if (kind === 'lost') terminal.warning(`${trial}: ${message}. It is performed again.`);
      if (kind === 'trouble') terminal.warning(`The server cannot be reached: ${message}. It is tried again.`);
    },
  });
}

/** Performs the trials of others on this machine, until the signal is aborted. */
export function trialsOfOthers(
  place: TrialPlace,
  {
    terminal,
    threads,
    ...options
  }: TrialsOptions & Pick<ServeTrialsOptions, 'worker' | 'folder' | 'signal'> & Partial<ServeTrialsOptions>,
): Promise<void> {
  const perform: PerformServedTrial = (trial, folder, signal) =>
    performTrial(trial, folder, signal, { terminal: new TrialTerminal(terminal, trial.name, true), threads });
  return serveTrials(place, perform, {
    ...options,
    versions: TRIAL_VERSIONS,
    check: checkSharedTrial,
    dataOf: new TrialDataFinder(terminal).dataOf,
    isRunFile,
    resumableFiles,
    onEvent({ kind, trial, message }) {
      const named = trial === undefined ? '' : `Trial ${trial}: `;
      if (kind === 'begun' || kind === 'done') terminal.message(`${named}${kind}`);
      else if (kind === 'given-back') terminal.message(`${named}given back`);
      else terminal.warning(`${named}${message ?? kind}`);
    },
  });
}
