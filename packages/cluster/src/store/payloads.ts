import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const unpack = promisify(gunzip);

/** Bytes before the values of an IDX file of bytes: type 8 or 9, then the number of axes and their lengths. */
function idxHeader(bytes: Uint8Array): number | undefined {
  const [first, second, type, rank] = bytes;
  const isBytes = first === 0 && second === 0 && (type === 8 || type === 9);
  return isBytes && rank > 0 && bytes.length >= 4 + 4 * rank ? 4 + 4 * rank : undefined;
}

const NPY = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes before the values of an .npy file: magic, version, the length of the header and the header. */
function npyHeader(bytes: Uint8Array): number | undefined {
  if (bytes.length < 12 || NPY.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = bytes[6] === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  return length <= bytes.length ? length : undefined;
}

/** Most bytes that a header of a file may have, so that its size says whether the values can be those wanted. */
export const HEADER_BYTES = 2 ** 16;

/** What a file may hold: all of its bytes, or what follows the header of an IDX or .npy file. */
export function payloadsOf(bytes: Uint8Array): Uint8Array[] {
  const headers = [idxHeader(bytes), npyHeader(bytes)].filter((length) => length !== undefined);
  return [bytes, ...headers.map((length) => bytes.subarray(length))];
}

/** Whether bytes are those of a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What a gzip file holds; undefined if it is damaged, or holds more than so many bytes. */
export async function unpacked(bytes: Uint8Array, mostBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await unpack(bytes, { maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
}
