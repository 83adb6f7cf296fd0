import { constants } from 'node:os';
import { DataError } from '@weft/data';
import { ArchitectureMismatchError, SafetensorsError } from '@weft/formats';
import { CheckpointError, CheckpointMismatchError, NonFiniteError, SharedMemoryError, WorkerError } from '@weft/pool';

/** What the command's exit codes mean. Those of signals are 128 and the signal's number. */
export const EXIT = { ok: 0, failure: 1, usage: 2, data: 3 } as const;

/** The command was called wrongly. The message names what was got, what was expected and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A folder or a file that was to be read is missing, damaged, or does not fit. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The output folder cannot be written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Signals by which a command is asked to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The user, or the system, asked to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(readonly signal: StopSignal) {
    super('Interrupted.');
  }
}

/** 130 for Ctrl-C, 143 for SIGTERM, 129 for a terminal that was closed: as shells have it. */
export function signalExitCode(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

const DATA_FAULTS = [
  DataError,
  InputError,
  SafetensorsError,
  ArchitectureMismatchError,
  CheckpointError,
  CheckpointMismatchError,
];

/** Faults of the machine or the training: their messages say it all. */
const TOLD_FAULTS = [OutputError, NonFiniteError, SharedMemoryError, WorkerError];

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InterruptedError) return signalExitCode(error.signal);
  // By its name: the package that it comes from is loaded only where it is used.
  if (error instanceof Error && error.name === 'ClusterError' && 'code' in error && error.code === 'usage')
    return EXIT.usage;
  const isOfFile =
    error instanceof Error && ['RunRecordError', 'StudyError', 'KerasError', 'OnnxError'].includes(error.name);
  return isOfFile || DATA_FAULTS.some((fault) => error instanceof fault) ? EXIT.data : EXIT.failure;
}

/** What is printed of an error that ended a command. A fault that nobody foresaw is shown with its stack. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return `weft: ${String(error)}`;
  // Errors of the system say what is wrong; where in Weft they were met helps nobody.
  const isExpected =
    exitCodeOf(error) !== EXIT.failure ||
    TOLD_FAULTS.some((fault) => error instanceof fault) ||
    error.name === 'ClusterError' ||
    'syscall' in error;
  return `weft: ${isExpected ? error.message : (error.stack ?? error.message)}`;
}
