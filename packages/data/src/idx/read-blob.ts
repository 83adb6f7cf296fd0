import { shown } from '../checks.js';
import { DataError } from '../errors.js';
import type { IdxArray } from './format.js';
import {
  believableHeader,
  checkIdxOptions,
  elementsOf,
  type IdxHeader,
  type IdxOptions,
  isGzip,
  MAXIMUM_HEADER_BYTES,
} from './parse.js';

/**
 * Reads an IDX file that a visitor has picked or dropped, gzip-compressed or not, by the browser's own decompression.
 * The checks are those of `readIdx`: no more is inflated than the header promises and the options allow.
 *
 * @param file    such as a `File` of an input
 * @param options `name` stands in error messages; `maximumBytes` bounds the uncompressed file (default 1 GiB)
 * @returns the elements with their type and shape
 * @throws DataError `not-idx`, `damaged` or `too-large`; TypeError or RangeError for other arguments
 * @example
 * const file = new Blob([writeIdx({ type: 'uint8', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] })]);
 * const { shape, data } = await readIdxBlob(file);
 * shape; // [2, 3]
 * data; // [1, 2, 3, 4, 5, 6]
 */
export async function readIdxBlob(file: Blob, options: IdxOptions = {}): Promise<IdxArray> {
  const checked = checkIdxOptions('readIdxBlob', options);
  const { name } = checked;
  if (!(file instanceof Blob)) throw new TypeError(`readIdxBlob: got ${shown(file)}, expected a Blob or a File.`);
  const start = new Uint8Array(await file.slice(0, MAXIMUM_HEADER_BYTES).arrayBuffer());
  if (isGzip(start)) return inflated(file, checked);
  const header = believableHeader(start, undefined, checked);
  // A byte more than is promised shows that there is more.
  const bytes = new Uint8Array(await file.slice(0, header.fileBytes + 1).arrayBuffer());
  return elementsOf(bytes, header, name);
}

async function inflated(file: Blob, options: Required<IdxOptions>): Promise<IdxArray> {
  const { name } = options;
  const stream = file.stream().pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array>);
  const reader = stream.getReader();
  const next = async () => {
    try {
      return (await reader.read()).value;
    } catch (cause) {
      const reason = cause instanceof Error ? ` (${cause.message})` : '';
      throw new DataError('damaged', `${name} is damaged: its gzip compression is broken${reason}.`, { cause });
    }
  };
  try {
    let start: Uint8Array = new Uint8Array(0);
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      start = joined(start, chunk);
      if (start.length >= MAXIMUM_HEADER_BYTES) break;
    }
    const header = believableHeader(start, file.size, options);
    return elementsOf(await upTo(header, start, next), header, name);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The whole file; undefined if it is longer than its header promises. */
async function upTo(
  { fileBytes }: IdxHeader,
  start: Uint8Array,
  next: () => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(fileBytes);
  let length = 0;
  for (let chunk: Uint8Array | undefined = start; chunk !== undefined; chunk = await next()) {
    if (length + chunk.length > fileBytes) return undefined;
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
