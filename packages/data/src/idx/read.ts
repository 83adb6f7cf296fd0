import { checkBytes } from '../checks.js';
import type { IdxArray } from './format.js';
import { inflate, inflateStart } from './gzip.js';
import {
  believableHeader,
  checkIdxOptions,
  elementsOf,
  type IdxOptions,
  isGzip,
  MAXIMUM_HEADER_BYTES,
} from './parse.js';

/**
 * Reads an IDX file, gzip-compressed or not, and checks that it holds exactly what its header promises.
 *
 * Nothing is allocated before the header has been found to be believable, and no more than it promises is ever
 * inflated. Arrays of bytes share the memory of the file (or of what was inflated); others are copies.
 *
 * @param bytes   the whole file
 * @param options `name` stands in error messages; `maximumBytes` bounds the uncompressed file (default 1 GiB)
 * @throws DataError `not-idx`, `damaged` or `too-large`; TypeError or RangeError for other arguments
 * @see LeCun, Cortes and Burges, The MNIST database of handwritten digits: the IDX file format
 * @example
 * const bytes = writeIdx({ type: 'uint8', shape: [2, 2], data: [1, 2, 3, 4] });
 * const { shape, data } = readIdx(bytes);
 * shape; // [2, 2]
 * data; // [1, 2, 3, 4]
 */
export function readIdx(bytes: Uint8Array, options: IdxOptions = {}): IdxArray {
  const checked = checkIdxOptions('readIdx', options);
  const { name } = checked;
  checkBytes('readIdx', bytes);
  if (!isGzip(bytes)) return elementsOf(bytes, believableHeader(bytes, undefined, checked), name);
  const header = believableHeader(inflateStart(bytes, MAXIMUM_HEADER_BYTES, name), bytes.length, checked);
  return elementsOf(inflate(bytes, header.fileBytes, name), header, name);
}
