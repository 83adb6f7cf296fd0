import { checkBytes, checkOption, checkOptions } from '../checks.js';
import { DataError } from '../errors.js';
import { DIMENSION_BYTES, ELEMENTS, type IdxArray, type IdxType, MAGIC_BYTES } from './format.js';
import { inflate, inflateStart, isGzip, MAXIMUM_RATIO } from './gzip.js';

const TYPES = Object.keys(ELEMENTS) as IdxType[];
const MAXIMUM_HEADER_BYTES = MAGIC_BYTES + DIMENSION_BYTES * 255;

interface Header {
  type: IdxType;
  shape: number[];
  count: number;
  headerBytes: number;
  fileBytes: number;
}

function readHeader(bytes: Uint8Array, name: string): Header {
  if (bytes.length < MAGIC_BYTES) {
    throw new DataError(
      'not-idx',
      `${name} is not an IDX file: it has ${bytes.length} bytes, expected at least ${MAGIC_BYTES}.`,
    );
  }
  const type = TYPES.find((candidate) => ELEMENTS[candidate].code === bytes[2]);
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || bytes[3] === 0) {
    const found = [...bytes.subarray(0, MAGIC_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError(
      'not-idx',
      `${name} is not an IDX file: it begins with the bytes ${found}, expected 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions.`,
    );
  }
  const rank = bytes[3]!;
  const headerBytes = MAGIC_BYTES + DIMENSION_BYTES * rank;
  if (bytes.length < headerBytes) {
    throw new DataError(
      'damaged',
      `${name} is cut short: it ends after ${bytes.length} bytes, within its header of ${headerBytes}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(MAGIC_BYTES + DIMENSION_BYTES * axis));
  // One axis of no elements empties the array, however absurd the others: 0 times Infinity would be NaN.
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  return { type, shape, count, headerBytes, fileBytes: headerBytes + count * ELEMENTS[type].bytes };
}

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
 */
export function readIdx(bytes: Uint8Array, options: { name?: string; maximumBytes?: number } = {}): IdxArray {
  checkOptions('readIdx', options, ['name', 'maximumBytes']);
  const { name = 'The data', maximumBytes = 2 ** 30 } = options;
  checkOption('readIdx', 'name', name, typeof name === 'string', 'what messages are to call the file');
  // NaN would allow any size.
  const isCount = typeof maximumBytes === 'number' && maximumBytes >= 0;
  checkOption('readIdx', 'maximumBytes', maximumBytes, isCount, 'a number of bytes from 0');
  checkBytes('readIdx', bytes);
  const compressed = isGzip(bytes);
  const header = readHeader(compressed ? inflateStart(bytes, MAXIMUM_HEADER_BYTES, name) : bytes, name);
  const { type, shape, count, headerBytes, fileBytes } = header;
  const promise = `its header promises ${shape.join(' x ')} elements of type ${type}, ${fileBytes} bytes in all`;
  if (fileBytes > maximumBytes) {
    throw new DataError('too-large', `${name} is too large: ${promise}, more than the ${maximumBytes} allowed.`);
  }
  if (compressed && fileBytes > MAXIMUM_RATIO * bytes.length) {
    throw new DataError(
      'damaged',
      `${name} is damaged: ${promise}, more than ${bytes.length} compressed bytes can hold.`,
    );
  }
  const file = compressed ? inflate(bytes, fileBytes, name) : bytes;
  if (file === undefined || file.length > fileBytes) {
    throw new DataError('damaged', `${name} is damaged: ${promise}, but it has ${file?.length ?? 'more'}.`);
  }
  if (file.length < fileBytes) {
    throw new DataError('damaged', `${name} is cut short: ${promise}, but it has ${file.length}.`);
  }
  const element = ELEMENTS[type];
  // Not a Buffer, whose `slice` would share memory instead of copying.
  if (type === 'uint8') return { type, shape, data: new Uint8Array(file.buffer, file.byteOffset + headerBytes, count) };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const data = element.allocate(count);
  for (let i = 0; i < count; i++) data[i] = element.get(view, headerBytes + i * element.bytes);
  return { type, shape, data } as IdxArray;
}
