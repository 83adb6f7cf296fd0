import { DataError } from '@weft/data';
import { ArchitectureMismatchError, SafetensorsError } from '@weft/models';
import { RunRecordError } from '@weft/report';

/** What the command's exit codes mean. */
export const EXIT = { ok: 0, failure: 1, usage: 2, data: 3, interrupted: 130 } as const;

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

/** The user asked to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('Interrupted.');
  }
}

const DATA_FAULTS = [DataError, InputError, SafetensorsError, ArchitectureMismatchError, RunRecordError];

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  return DATA_FAULTS.some((fault) => error instanceof fault) ? EXIT.data : EXIT.failure;
}

/** Whether an error's message says all that the user needs, so that the stack would only hide it. */
export function isExpected(error: unknown): error is Error {
  return error instanceof OutputError || (error instanceof Error && exitCodeOf(error) !== EXIT.failure);
}
