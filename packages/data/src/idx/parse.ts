import { checkOption, checkOptions } from '../checks.js';
import { DataError } from '../errors.js';
import { DIMENSION_BYTES, ELEMENTS, type IdxArray, type IdxType, MAGIC_BYTES } from './format.js';

/** Options of the readers. */
export interface IdxOptions {
  /** Stands in error messages. */
  readonly name?: string;
  /** Bounds the uncompressed file; default 1 GiB. */
  readonly maximumBytes?: number;
}

const TYPES = Object.keys(ELEMENTS) as IdxType[];
/** Deflate cannot expand a byte to more than this many: 258 bytes for two bits and a little overhead. */
const MAXIMUM_RATIO = 1040;

/** Bytes of a header of as many dimensions as there can be. */
export const MAXIMUM_HEADER_BYTES = MAGIC_BYTES + DIMENSION_BYTES * 255;

/** What a file promises to hold. */
export interface IdxHeader {
  type: IdxType;
  shape: number[];
  count: number;
  headerBytes: number;
  fileBytes: number;
}

function readHeader(bytes: Uint8Array, name: string): IdxHeader {
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

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @throws TypeError or RangeError for an option that there is not, or one of another kind */
export function checkIdxOptions(call: string, options: IdxOptions): Required<IdxOptions> {
  checkOptions(call, options, ['name', 'maximumBytes']);
  const { name = 'The data', maximumBytes = 2 ** 30 } = options;
  checkOption(call, 'name', name, typeof name === 'string', 'what messages are to call the file');
  // NaN would allow any size.
  const isCount = typeof maximumBytes === 'number' && maximumBytes >= 0;
  checkOption(call, 'maximumBytes', maximumBytes, isCount, 'a number of bytes from 0');
  return { name, maximumBytes };
}

const promiseOf = ({ type, shape, fileBytes }: IdxHeader) =>
  `its header promises ${shape.join(' x ')} elements of type ${type}, ${fileBytes} bytes in all`;

/**
 * The header of a file, if what it promises can be believed.
 *
 * @param start           what the file begins with, uncompressed
 * @param compressedBytes length of the file if it is compressed
 */
export function believableHeader(
  start: Uint8Array,
  compressedBytes: number | undefined,
  { name, maximumBytes }: Required<IdxOptions>,
): IdxHeader {
  const header = readHeader(start, name);
  const { fileBytes } = header;
  const promise = promiseOf(header);
  if (fileBytes > maximumBytes) {
    throw new DataError('too-large', `${name} is too large: ${promise}, more than the ${maximumBytes} allowed.`);
  }
  if (compressedBytes !== undefined && fileBytes > MAXIMUM_RATIO * compressedBytes) {
    throw new DataError(
      'damaged',
      `${name} is damaged: ${promise}, more than ${compressedBytes} compressed bytes can hold.`,
    );
  }
  return header;
}

/** What a file holds behind its header; the file is undefined if it is longer than was promised, however long. */
export function elementsOf(file: Uint8Array | undefined, header: IdxHeader, name: string): IdxArray {
  const { type, shape, count, headerBytes, fileBytes } = header;
  if (file === undefined || file.length > fileBytes) {
    throw new DataError('damaged', `${name} is damaged: ${promiseOf(header)}, but it has ${file?.length ?? 'more'}.`);
  }
  if (file.length < fileBytes) {
    throw new DataError('damaged', `${name} is cut short: ${promiseOf(header)}, but it has ${file.length}.`);
  }
  const element = ELEMENTS[type];
  // Not a Buffer, whose `slice` would share memory instead of copying.
  if (type === 'uint8') return { type, shape, data: new Uint8Array(file.buffer, file.byteOffset + headerBytes, count) };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const data = element.allocate(count);
  for (let i = 0; i < count; i++) data[i] = element.get(view, headerBytes + i * element.bytes);
  return { type, shape, data } as IdxArray;
}
