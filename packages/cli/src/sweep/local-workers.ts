import { type Executor, localExecutor } from '@weft/study';
import { performTrial } from '../study/perform-trial.js';
import type { Terminal } from '../terminal/terminal.js';
import { TrialTerminal } from './trial-terminal.js';

/** How trials are performed in this process. */
export interface LocalWorkersOptions {
  /** The folder of the sweep. */
  readonly directory: string;
  readonly terminal: Terminal;
  /** Trials at a time. */
  readonly workers: number;
  /** Of all of them together. */
  readonly threads: number;
}

/**
 * Performs several trials at a time in this process. Trainings compute in threads of their own, so that one process can
 * hold several; they share the threads evenly, as small models gain little by many.
 */
export function localWorkers({ directory, terminal, workers, threads }: LocalWorkersOptions): Executor {
  return localExecutor(
    ...threadShares(threads, workers).map(
      (share) => (trial: Parameters<typeof performTrial>[0], signal: AbortSignal) =>
        performTrial(trial, directory, signal, {
          terminal: new TrialTerminal(terminal, trial.name, workers === 1),
          threads: share,
        }),
    ),
  );
}

/** Threads of each worker: as even as can be, each at least one. */
export function threadShares(threads: number, workers: number): number[] {
  return Array.from({ length: workers }, (_, worker) =>
    Math.max(1, Math.floor(threads / workers) + (worker < threads % workers ? 1 : 0)),
  );
}
