/**
 * What is wrong, for a program to act on.
 *
 * - `not-idx`: not an IDX file, or one with a header that makes no sense
 * - `damaged`: cut short, altered, or with bytes too many
 * - `too-large`: larger than the reader was told to accept
 * - `mismatch`: sound files that do not fit each other or the data set
 * - `not-found`: no folder holds the files
 * - `unreadable`, `unwritable`: the file system refused
 * - `download`: no mirror delivered the file
 */
export type DataErrorCode =
  | 'not-idx'
  | 'damaged'
  | 'too-large'
  | 'mismatch'
  | 'not-found'
  | 'unreadable'
  | 'unwritable'
  | 'download';

/** Data that are missing, damaged or not what they should be. The message says what to do about it. */
export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(
    readonly code: DataErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
