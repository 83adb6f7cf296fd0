import type { Picture } from '../pictures/picture.js';

/** An array of pictures in a `.npy` file. */
export interface NpyArray {
  readonly type: 'uint8' | 'uint16' | 'float32';
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  /** Where the values begin in the file. */
  readonly begin: number;
  /** Bytes of a picture in the file. */
  readonly pictureBytes: number;
}

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** NumPy's name of the type, such as `|u1` or `<f4`. */
  readonly descr: string;
  readonly shape: readonly number[];
  readonly begin: number;
}

/** A `.npy` file that is not read. The message is a sentence about the file, without its name. */
export class NpyError extends Error {
  override readonly name = 'NpyError';
}

/** How much of a file has to be at hand for its header. */
export const NPY_HEADER_BYTES = 65536;

const TYPES: Readonly<Record<string, NpyArray['type']>> = { '|u1': 'uint8', '<u2': 'uint16', '<f4': 'float32' };
const BYTES = { uint8: 1, uint16: 2, float32: 4 } as const;

/** Bytes of the types that labels may have. */
const LABEL_BYTES: Readonly<Record<string, number>> = {
  '|u1': 1,
  '|i1': 1,
  '<u2': 2,
  '<i2': 2,
  '<u4': 4,
  '<i4': 4,
  '<u8': 8,
  '<i8': 8,
};

/** Largest number of a class. */
const MOST_LABEL = 65535;

/**
 * Reads the header of a `.npy` file of version 1, 2 or 3.
 *
 * @param start the file's first bytes, up to `NPY_HEADER_BYTES` of them
 * @param bytes of the whole file
 * @throws NpyError if it is no such file, its values are not in C order, or it does not have the bytes that its shape needs
 * @see numpy.lib.format, "Format Specification"
 */
export function npyHeader(start: Uint8Array, bytes: number): NpyHeader {
  const fail = (message: string): never => {
    throw new NpyError(message);
  };
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const isNpy = start.length >= 12 && [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, at) => start[at] === byte);
  if (!isNpy) return fail('It is no .npy file, whatever its name says.');
  const version = start[6];
  if (version < 1 || version > 3) return fail(`It is a .npy file of version ${version}; versions 1 to 3 are read.`);
  const first = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const begin = first + length;
  if (begin > start.length) return fail('Its header is cut short, or longer than 64 KiB.');
  const text = String.fromCharCode(...start.subarray(first, Math.min(begin, first + 4096)));
  const match =
    /^\{\s*'descr':\s*'([^']{1,16})',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\s]*)\),?\s*\}\s*$/.exec(
      text,
    );
  if (!match) return fail(`Its header is not understood: ${text.slice(0, 80).trim()}.`);
  const [, descr, order, sizes] = match;
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (order === 'True' && shape.length > 1) {
    return fail("Its values are in Fortran's order. Write numpy.ascontiguousarray(array) instead.");
  }
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 1))
    return fail(`Its shape is [${shape}]; it holds nothing.`);
  const count = shape.reduce((product, size) => product * size, 1);
  const each = BYTES[TYPES[descr]] ?? LABEL_BYTES[descr];
  if (each !== undefined && begin + count * each !== bytes) {
    return fail(
      `It has ${bytes} bytes, but its shape [${shape}] of ${descr} needs ${begin + count * each}. It is cut short or damaged.`,
    );
  }
  return { descr, shape, begin };
}

/**
 * Pictures in a `.npy` file: uint8, uint16 or float32, [count, height, width] or [count, height, width, channels].
 *
 * @throws NpyError if it holds something else
 */
export function npyArray({ descr, shape, begin }: NpyHeader): NpyArray {
  const type = TYPES[descr];
  if (!type)
    throw new NpyError(`Its values are ${descr}; pictures are uint8, uint16 or float32, in little-endian order.`);
  const [count, height, width, channels = 1] = shape;
  if (shape.length < 3 || shape.length > 4 || ![1, 3, 4].includes(channels)) {
    throw new NpyError(
      `Its shape is [${shape}]; pictures are [count, height, width] or [count, height, width, channels] with 1, 3 or 4 channels.`,
    );
  }
  const pictureBytes = height * width * channels * BYTES[type];
  return { type, count, height, width, channels: channels as 1 | 3 | 4, begin, pictureBytes };
}

/**
 * One picture of an array. Floats from 0 to 1 become 16 bits.
 *
 * @param bytes of the picture
 * @throws NpyError if a float lies outside 0 to 1
 */
export function npyPicture({ type, height, width, channels }: NpyArray, bytes: Uint8Array): Picture {
  if (type === 'uint8') return { height, width, channels, depth: 8, data: bytes.slice() };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Uint16Array(height * width * channels);
  for (let at = 0; at < data.length; at++) {
    if (type === 'uint16') data[at] = view.getUint16(2 * at, true);
    else {
      const value = view.getFloat32(4 * at, true);
      if (!(value >= 0 && value <= 1))
        throw new NpyError(`It holds the value ${value}; floats of pictures lie from 0 to 1.`);
      data[at] = Math.floor(value * 65535 + 0.5);
    }
  }
  return { height, width, channels, depth: 16, data };
}

/**
 * The numbers of classes in a `.npy` file: [count] whole numbers from 0 to 65,535.
 *
 * @param bytes of the whole file
 * @throws NpyError if it holds something else
 */
export function npyLabels(bytes: Uint8Array): Int32Array {
  const { descr, shape, begin } = npyHeader(bytes.subarray(0, NPY_HEADER_BYTES), bytes.length);
  const size = LABEL_BYTES[descr];
  const isColumn = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!size || !isColumn) {
    throw new NpyError(`It holds [${shape}] of ${descr}; labels are whole numbers, one for each picture.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSigned = descr[1] === 'i';
  return Int32Array.from({ length: shape[0] }, (_, which) => {
    const label = wholeAt(view, begin + which * size, size, isSigned);
    if (label >= 0 && label <= MOST_LABEL) return label;
    throw new NpyError(`It holds the label ${label}; labels are numbers from 0 to ${MOST_LABEL}.`);
  });
}

function wholeAt(view: DataView, at: number, size: number, isSigned: boolean): number {
  if (size === 1) return isSigned ? view.getInt8(at) : view.getUint8(at);
  if (size === 2) return isSigned ? view.getInt16(at, true) : view.getUint16(at, true);
  if (size === 4) return isSigned ? view.getInt32(at, true) : view.getUint32(at, true);
  return Number(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
}
