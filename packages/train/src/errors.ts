/** A worker thread has failed or ended while it was at work. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';

  constructor(cause: unknown) {
    super(`A worker thread has failed: ${reason(cause)}`, { cause });
  }
}

function reason(cause: unknown): string {
  const { code, message } = cause as Partial<Error> & { readonly code?: string };
  const text = message ?? String(cause);
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY' && !/allocation failed|out of memory/i.test(text)) return sentence;
  return `${sentence} Use fewer threads or smaller batches, or close other programs.`;
}

/** The system does not give the memory that threads share. */
export class SharedMemoryError extends RangeError {
  override readonly name = 'SharedMemoryError';
}

/** A stream of batches has failed, or has fewer batches than it must have. Its own error is the `cause`. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
}
