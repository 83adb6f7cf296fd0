import { elementBytes, type NpyDType, npyTypes } from './dtypes.js';
import { NpyError } from './error.js';

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  readonly dtype: NpyDType;
  readonly byteOrder: 'little' | 'big';
  /** `F` where the first axis changes fastest. */
  readonly order: 'C' | 'F';
  readonly shape: readonly number[];
  /** Where the values begin in the file. */
  readonly begin: number;
}

/**
 * How much of a file has to be at hand for its header.
 *
 * @example
 * NPY_HEADER_BYTES; // 65536
 */
export const NPY_HEADER_BYTES = 65536;

/** As many axes as NumPy's arrays have at most. */
const MOST_AXES = 64;

/** Characters of a header that are looked at: 64 axes of any length take fewer. */
const MOST_TEXT = 4096;

const fail = (message: string): never => {
  throw new NpyError(message);
};

/**
 * Reads the header of a `.npy` file of version 1, 2 or 3.
 *
 * @param start the file's first bytes, up to `NPY_HEADER_BYTES` of them
 * @param bytes of the whole file
 * @throws NpyError if it is no such file, its values are no numbers, or it does not have the bytes that its shape needs
 * @see numpy.lib.format, "Format Specification"
 * @example
 * const file = encodeNpy(new Float32Array(6), [2, 3]);
 * npyHeader(file, file.length).shape; // [2, 3]
 */
export function npyHeader(start: Uint8Array, bytes: number): NpyHeader {
  const { text, begin } = headerText(start);
  const [, descr, order] = /^\{\s*'descr':\s*'([^']{1,16})',\s*'fortran_order':\s*(True|False),/.exec(text) ?? [];
  const [, sizes] = /,\s*'shape':\s*\(([\dL,\s]*)\),?\s*\}\s*$/.exec(text) ?? [];
  if (descr === undefined || sizes === undefined) {
    const isRecord = /^\{\s*'descr':\s*\[/.test(text);
    return fail(
      isRecord
        ? 'It holds records of several fields. Save each field as an array of its own.'
        : `Its header is not understood: ${text.slice(0, 80).trim()}.`,
    );
  }
  // Python 2 wrote whole numbers with an L.
  const shape = sizes
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '')
    .map(Number);
  if (shape.length > MOST_AXES || !shape.every(Number.isSafeInteger)) return fail(`Its shape is [${shape}].`);
  const { dtype, byteOrder } = typeOf(descr);
  const needed = begin + shape.reduce((product, size) => product * size, 1) * elementBytes(dtype);
  if (needed !== bytes) {
    return fail(
      `It has ${bytes} bytes, but its shape [${shape}] of ${dtype} needs ${needed}. It is cut short or damaged.`,
    );
  }
  return { dtype, byteOrder, order: order === 'True' ? 'F' : 'C', shape, begin };
}

function headerText(start: Uint8Array): { readonly text: string; readonly begin: number } {
  const isNpy = start.length >= 12 && [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, at) => start[at] === byte);
  if (!isNpy) return fail('It is no .npy file, whatever its name says.');
  const version = start[6];
  if (version < 1 || version > 3) return fail(`It is a .npy file of version ${version}; versions 1 to 3 are read.`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const first = version === 1 ? 10 : 12;
  const begin = first + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (begin > start.length) return fail('Its header is cut short, or longer than 64 KiB.');
  return { text: String.fromCharCode(...start.subarray(first, Math.min(begin, first + MOST_TEXT))), begin };
}

function typeOf(descr: string): Pick<NpyHeader, 'dtype' | 'byteOrder'> {
  const dtype = (Object.keys(npyTypes) as NpyDType[]).find((name) => npyTypes[name].code === descr.slice(1));
  const orders = dtype !== undefined && elementBytes(dtype) === 1 ? '|<>' : '<>';
  if (dtype !== undefined && orders.includes(descr[0])) {
    return { dtype, byteOrder: descr[0] === '>' ? 'big' : 'little' };
  }
  const names = Object.keys(npyTypes).join(', ');
  return fail(
    descr.endsWith('O')
      ? 'It holds Python objects, which only Python unpickles. Convert the array to a numeric type, and save it again.'
      : `Its values are '${descr}'; read are ${names}. Convert the array to one of these types by astype, and save it again.`,
  );
}
