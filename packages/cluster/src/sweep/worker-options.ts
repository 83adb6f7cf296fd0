import type { Trial, TrialResult } from '@weft/study';
import type { Occupation } from '../member/occupation.js';
import type { FileRules } from './files.js';
import type { TrialData, Versions } from './trial-messages.js';

/** What a worker tells of trials. */
export interface WorkerTrialEvent {
  /**
   * - `begun`, `done`: a trial
   * - `refused`: this worker cannot perform it, another may
   * - `failed`: with the trial's error
   * - `given-back`: another worker goes on
   * - `malformed`: a message that is no trial was dropped
   * - `trouble`: the server cannot be reached, or a checkpoint is lost; it goes on
   */
  readonly kind: 'begun' | 'done' | 'refused' | 'failed' | 'given-back' | 'malformed' | 'trouble';
  /** The trial's name, where it is known. */
  readonly trial?: string;
  readonly message?: string;
}

/** How a worker performs trials. */
export interface ServeTrialsOptions extends FileRules {
  /** The worker's name: small letters, digits, dashes and underscores. */
  readonly worker: string;
  /** A folder of this worker alone. What is left in it from trials of before is removed. */
  readonly folder: string;
  /** Of this worker's Weft: trials for other versions are refused. */
  readonly versions: Versions;
  /** Aborted when the worker is to leave: the trial in hand is given back with its checkpoint. */
  readonly signal: AbortSignal;
  /** @throws Error if no worker could perform the trial: an option that `weft train` has not, or one that names a path */
  readonly check: (trial: Trial) => void;
  /** The data that this worker has for the trial. */
  readonly dataOf: (trial: Trial, signal: AbortSignal) => Promise<TrialData>;
  /** Files from which an unfinished run can be resumed, with `/` between folders. Rejects while there are none. */
  readonly resumableFiles: (folder: string) => Promise<readonly string[]>;
  /** What keeps the worker from taking a trial while it does something else, and the other way round. Default: nothing. */
  readonly occupation?: Occupation;
  readonly onEvent?: (event: WorkerTrialEvent) => void;
  /** A worker that was silent for so long has lost its trial to another; default 30. */
  readonly silenceSeconds?: number;
  /** So often the state of a training is sent to the server; default 30. */
  readonly checkpointSeconds?: number;
  /** A trial that was begun so often and never ended fails; default 5. */
  readonly mostStarts?: number;
}

/**
 * Performs a trial in the folder of a study, as `performInFolder` does: what is unfinished in it goes on.
 *
 * @returns plain JSON, the same wherever the trial is performed
 */
export type PerformServedTrial = (trial: Trial, folder: string, signal: AbortSignal) => Promise<TrialResult>;
