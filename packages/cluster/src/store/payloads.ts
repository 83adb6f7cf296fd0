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

/** What of some bytes may be wanted: all of them, or what follows the header of an IDX or .npy file. */
function partsOf(bytes: Uint8Array): Uint8Array[] {
  const headers = [idxHeader(bytes), npyHeader(bytes)].filter((length) => length !== undefined);
  return [bytes, ...headers.map((length) => bytes.subarray(length))];
}

/**
 * What a file holds that has so many bytes: the file itself, its values without the header of an IDX or .npy file, and the
 * same of what it unpacks to if it is gzipped. No more than is wanted is unpacked.
 *
 * @param stored the file's bytes
 *
 * @example
 * const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 7);
 * const [values] = await payloadsIn(idx, 2);
 * [...values]; // [5, 7]
 */
export async function payloadsIn(stored: Uint8Array, bytes: number): Promise<Uint8Array[]> {
  const isGzip = stored[0] === 0x1f && stored[1] === 0x8b;
  const inner = isGzip
    ? await unpack(stored, { maxOutputLength: bytes + HEADER_BYTES }).catch(() => undefined)
    : undefined;
  return [...partsOf(stored), ...(inner ? partsOf(inner) : [])].filter(({ length }) => length === bytes);
}
