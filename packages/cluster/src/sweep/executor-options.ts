import type { CompleteOptions, Trial } from '@weft/study';
import type { FileRules } from './files.js';
import type { TrialData, Versions } from './trial-messages.js';
import type { PerformServedTrial } from './worker-options.js';

/** What a study tells of its trials on workers. */
export interface StudyTrialEvent {
  /**
   * - `queued`: for a worker to take
   * - `begun`: by a worker, perhaps not the first
   * - `refused`: by a worker, with its reason; another may take it
   * - `failed`: on a worker, with the error; there is another try
   * - `lost`: its result was damaged, or it has vanished from the queue; it is queued again
   * - `done`: it is in the study's folder
   * - `trouble`: the server cannot be reached; it is tried again
   */
  readonly kind: 'queued' | 'begun' | 'refused' | 'failed' | 'lost' | 'done' | 'trouble';
  /** The trial's name, where it is known. */
  readonly trial?: string;
  readonly worker?: string;
  readonly message?: string;
}

/** How a study has its trials performed by workers. */
export interface ClusterExecutorOptions extends FileRules {
  /** The folder of the study. */
  readonly directory: string;
  /** Completes options by their defaults. */
  readonly complete: CompleteOptions;
  /** Of this machine's Weft: workers with others do not perform the trials. */
  readonly versions: Versions;
  /** The data that a trial is for. @throws Error if no other machine can have them */
  readonly dataOf: (trial: Trial, signal: AbortSignal) => Promise<TrialData>;
  /** Takes the result of a trial from its finished run in the folder of a study, as `performInFolder` does. */
  readonly perform: PerformServedTrial;
  /** Files of a finished run from which another one goes on, with `/` between folders. */
  readonly continuedFiles: (folder: string) => Promise<readonly string[]>;
  /**
   * Is called with the folder of a run that came from a worker, and where it will lie.
   *
   * @throws StudyError if it is no run
   */
  readonly adopt?: (folder: string, destination: string) => Promise<void>;
  readonly onEvent?: (event: StudyTrialEvent) => void;
  /** The server is asked for news so often; default 1. */
  readonly pollSeconds?: number;
}
