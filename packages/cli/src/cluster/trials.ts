import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClusterExecutorOptions,
  clusterExecutor,
  type PerformServedTrial,
  type ServeWorkerOptions,
  serveTrials,
  type TrialPlace,
  type WorkerTrialEvent,
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
      if (kind === 'trouble') terminal.warning(cannotBeReached(message));
    },
  });
}

/** How a worker performs trials. */
interface WorkerTrialsOptions {
  /** Of the cluster. */
  readonly name: string;
  readonly terminal: Terminal;
  /** Seconds; see ServeTrialsOptions. */
  readonly trialSilence: number;
  readonly trialCheckpoints: number;
}

/** What a worker does besides trainings: it performs trials, in a folder that is gone when it leaves. */
export function trialsOfOthers(options: WorkerTrialsOptions): NonNullable<ServeWorkerOptions['also']> {
  const { name, terminal, trialSilence, trialCheckpoints } = options;
  return async ({ connection, id, threads, occupation, signal }) => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-trials-'));
    const perform: PerformServedTrial = (trial, directory, until) =>
      performTrial(trial, directory, until, { terminal: new TrialTerminal(terminal, trial.name, true), threads });
    try {
      await serveTrials({ ...connection, name }, perform, {
        worker: id,
        folder,
        signal,
        occupation,
        versions: TRIAL_VERSIONS,
        check: checkSharedTrial,
        dataOf: new TrialDataFinder(terminal).dataOf,
        isRunFile,
        resumableFiles,
        silenceSeconds: trialSilence,
        checkpointSeconds: trialCheckpoints,
        onEvent: (event) => tell(event, terminal),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

const cannotBeReached = (message: string | undefined) => `The server cannot be reached: ${message}. It is tried again.`;

function tell({ kind, trial, message }: WorkerTrialEvent, terminal: Terminal): void {
  const subject = trial === undefined ? 'Trials' : `Trial ${trial}`;
  if (kind === 'begun' || kind === 'done') terminal.message(`${subject}: ${kind}`);
  else if (kind === 'given-back') terminal.message(`${subject}: given back`);
  else if (kind === 'malformed') terminal.warning(`${subject}: refused a message that is no trial: ${message}`);
  else if (kind === 'trouble' && trial === undefined) terminal.warning(cannotBeReached(message));
  else terminal.warning(`${subject}: ${kind === 'refused' ? 'refused, ' : ''}${message}`);
}
