import { constants, gunzipSync } from 'node:zlib';
import { DataError } from '../errors.js';

/** Compressed bytes that hold an IDX header as a rule, and those that hold it behind a long file name and comment. */
const START_BYTES = [512, 2048, 8192] as const;
const LARGEST_CHUNK = 64 * 2 ** 20;
/** To how many bytes one of a compressed data set usually grows, at most. */
const USUAL_RATIO = 8;

/** What a compressed file begins with: `length` bytes, or fewer if it is shorter or damaged early on. */
export function inflateStart(bytes: Uint8Array, length: number, name: string): Uint8Array {
  try {
    let start = new Uint8Array(0);
    for (const end of START_BYTES) {
      // Without Z_SYNC_FLUSH the missing end of the file would be an error.
      start = gunzipSync(bytes.subarray(0, end), { finishFlush: constants.Z_SYNC_FLUSH });
      if (start.length >= length || end >= bytes.length) break;
    }
    return Uint8Array.from(start.subarray(0, length));
  } catch (cause) {
    throw new DataError(
      'damaged',
      `${name} is damaged: its gzip compression is broken (${(cause as Error).message}).`,
      {
        cause,
      },
    );
  }
}

/**
 * Inflates a gzip file, but never beyond `maximumBytes`.
 *
 * @returns the content, or undefined if it is larger than `maximumBytes`
 * @throws DataError `damaged` if the compression is broken or cut short, or other bytes follow it
 */
export function inflate(bytes: Uint8Array, maximumBytes: number, name: string): Uint8Array | undefined {
  const maxOutputLength = Math.max(1, maximumBytes);
  // One chunk for the whole file saves zlib from collecting many and copying them together. But what is promised may be
  // a lie, for which nothing that large is to be allocated.
  const likely = Math.min(maxOutputLength, USUAL_RATIO * bytes.length, LARGEST_CHUNK);
  const chunkSize = Math.max(likely, constants.Z_MIN_CHUNK);
  try {
    const result = gunzipSync(bytes, { maxOutputLength, chunkSize, info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (result.engine.bytesWritten === bytes.length) return result.buffer;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw new DataError(
      'damaged',
      `${name} is damaged: its gzip compression is broken (${(cause as Error).message}).`,
      {
        cause,
      },
    );
  }
  throw new DataError('damaged', `${name} is damaged: other bytes follow its gzip-compressed content.`);
}
