import { decodeNpy } from '../npy/decode.js';
import type { NpyArray, NpyData } from '../npy/dtypes.js';
import { encodeNpy, type NpyOptions } from '../npy/encode.js';
import { NpyError } from '../npy/error.js';
import { quoted } from '../safetensors/shown.js';
import { packZip, type UnpackOptions, unpackZip, ZipError } from '../zip/zip.js';

/** An array that is written into a `.npz` file, and how. */
export interface NpzEntry extends NpyOptions {
  /** Row-major. */
  readonly data: NpyData;
  readonly shape: readonly number[];
}

const ENDING = '.npy';

/**
 * The bytes of a `.npz` file, which `numpy.load` reads: a zip file with a `.npy` file for each array.
 *
 * @param arrays  by name
 * @param options `compress`: as `numpy.savez_compressed`; default false, as `numpy.savez`
 * @throws TypeError or RangeError for an array that `encodeNpy` refuses; NpyError for a name that is empty, or for more than
 *   a zip file can hold: 65,535 arrays, 4 GiB
 * @example
 * const bytes = encodeNpz({ x: { data: Float32Array.of(1, 2), shape: [2] } });
 * decodeNpz(bytes).get('x')?.shape; // [2]
 */
export function encodeNpz(
  arrays: Readonly<Record<string, NpzEntry>>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const files = Object.entries(arrays).map(([name, { data, shape, ...options }]): [string, Uint8Array] => {
    if (name === '') throw new NpyError('An array has an empty name. Give it one.');
    return [`${name}${ENDING}`, encodeNpy(data, shape, options)];
  });
  return asNpy(() => packZip(new Map(files), { compress }));
}

/**
 * The arrays of a `.npz` file by name, as `numpy.savez` and `numpy.savez_compressed` write it.
 *
 * @param bytes   the whole file
 * @param options `maxBytes`: how much is unpacked at most; default 64 MiB or 200 times the file's length, whichever is
 *   more
 * @throws NpyError naming what is wrong
 * @see numpy.lib.format, "Format Specification"
 * @example
 * const bytes = encodeNpz({ x: { data: Int32Array.of(3), shape: [1] } }, { compress: true });
 * [...decodeNpz(bytes).keys()]; // ['x']
 */
export function decodeNpz(bytes: Uint8Array, options: UnpackOptions = {}): Map<string, NpyArray> {
  return new Map(
    [...npzFiles(bytes, options)].map(([name, content]) => {
      try {
        return [name, decodeNpy(content)];
      } catch (cause) {
        if (!(cause instanceof NpyError)) throw cause;
        throw new NpyError(`Array ${quoted(name)}: ${cause.message}`, { cause });
      }
    }),
  );
}

/**
 * The `.npy` files in a `.npz` file, by the names of the arrays: for whoever reads parts of them.
 *
 * @throws NpyError as `decodeNpz`
 * @example
 * const bytes = encodeNpz({ x: { data: Int32Array.of(3), shape: [1] } });
 * npzFiles(bytes).get('x')?.length; // 132
 */
export function npzFiles(bytes: Uint8Array, options: UnpackOptions = {}): Map<string, Uint8Array<ArrayBuffer>> {
  const files = asNpy(() => unpackZip(bytes, options));
  return new Map(
    [...files].map(([name, content]) => {
      if (!name.endsWith(ENDING)) {
        throw new NpyError(`It holds ${quoted(name)}, which is no array. Save arrays alone, by numpy.savez.`);
      }
      return [name.slice(0, -ENDING.length), content];
    }),
  );
}

/** What a zip file cannot be is said of a `.npz` file. */
function asNpy<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ZipError)) throw cause;
    throw new NpyError(cause.message, { cause });
  }
}
