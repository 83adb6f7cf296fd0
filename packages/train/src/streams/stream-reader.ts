import type { NamedExamples } from '../data.js';

/** What batches come from, one epoch after another: a stream, or records that are read in an order. */
export interface StreamReader {
  /** As errors begin. */
  readonly name: string;
  /** What all batches are like, with the count of the largest. */
  readonly first: NamedExamples;
  /** What checkpoints know the data by: the first batch, or all records. */
  readonly known: NamedExamples;
  /** Batches to an epoch, if that is known. */
  readonly steps: number | undefined;
  /** Examples to an epoch, if that is known. */
  readonly examples: number | undefined;
  /** Whether an epoch can be read again from its beginning. */
  readonly isRepeatable: boolean;
  /** Ends waiting for a batch. */
  signal: AbortSignal | undefined;
  /** Whether the signal came while a batch was waited for. */
  readonly isAborted: boolean;
  /**
   * Goes to a step of an epoch.
   *
   * @returns the examples of each batch before it
   * @throws StreamError if a stream cannot be read again, or has too few batches
   */
  seek(epoch: number, step: number): Promise<readonly number[]>;
  /**
   * The next batch of the epoch; undefined at its end, or if the signal came.
   *
   * @throws StreamError if reading fails; RangeError or TypeError if the batch does not fit
   */
  next(): Promise<NamedExamples | undefined>;
  /** Ends reading. */
  close(): Promise<void>;
}
