import { floatToHalf } from '../half/half.js';
import { elementBytes, groupBytes, type NpyData, type NpyDType, npyTypes } from './dtypes.js';
import { reverseAxes, swapBytes } from './orders.js';

/** How an array is written. */
export interface NpyOptions {
  /**
   * Default: the type of the array's numbers. Also `bool` for a Uint8Array, `float16` (rounded to the nearest) and
   * `complex64` (pairs) for a Float32Array, `complex128` for a Float64Array.
   */
  readonly dtype?: NpyDType;
  /** Default `little`. */
  readonly byteOrder?: 'little' | 'big';
  /** `C` (the default) writes the last axis as the one that changes fastest, `F` the first. */
  readonly order?: 'C' | 'F';
}

/** Where elements begin is a multiple of this, so that the file can be mapped into memory. */
const ALIGNMENT = 64;

/** Places that NumPy leaves for the length of the axis that may grow. */
const GROWING_DIGITS = 21;

/**
 * The bytes of a `.npy` file of version 1.0, which `numpy.load` reads.
 *
 * @param data  row-major
 * @param shape of any number of axes
 * @throws TypeError if the data are no such array, or not of that type, or the shape is no list; RangeError if they do not fill the shape, or
 *   for an option that is not what it must be
 * @see numpy.lib.format, "Format Version 1.0"
 * @example
 * const bytes = encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
 * bytes.length; // 152; 128 before the six numbers
 */
export function encodeNpy(data: NpyData, shape: readonly number[], options: NpyOptions = {}): Uint8Array<ArrayBuffer> {
  const { byteOrder = 'little', order = 'C' } = options;
  const dtype = checkedType(data, options.dtype);
  oneOf('byteOrder', byteOrder, ['little', 'big']);
  oneOf('order', order, ['C', 'F']);
  const { parts } = npyTypes[dtype];
  if (!Array.isArray(shape)) {
    throw new TypeError(`encodeNpy: the shape is ${String(shape)}, expected a list of lengths such as [2, 3].`);
  }
  const length = shape.reduce((product, axis) => product * axis, parts);
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0) || length !== data.length) {
    throw new RangeError(`encodeNpy: ${data.length} values do not fill [${shape.join(',')}].`);
  }
  const ordered = order === 'F' ? reverseAxes(data, shape, parts) : data;
  const values = dtype === 'float16' ? floatToHalf(ordered as Float32Array) : ordered;
  const header = headerBytes(dtype, shape, byteOrder, order);
  const bytes = new Uint8Array(header.length + values.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), header.length);
  if (byteOrder === 'big') swapBytes(bytes.subarray(header.length), groupBytes(dtype));
  return bytes;
}

function checkedType(data: NpyData, asked: NpyDType | undefined): NpyDType {
  const names = Object.keys(npyTypes) as NpyDType[];
  const fitting = names.filter((name) => data instanceof npyTypes[name].array);
  if (fitting.length === 0) {
    const arrays = [...new Set(names.map((name) => npyTypes[name].array.name))].join(', ');
    throw new TypeError(
      `encodeNpy: the data are a ${(data as object)?.constructor?.name ?? typeof data}, expected one of ${arrays}.`,
    );
  }
  // What an array holds by itself has its name, as Float32Array and float32. Node's Buffer is a Uint8Array.
  const own = fitting.find((name) => npyTypes[name].array.name.toLowerCase().replace('big', '') === `${name}array`);
  const dtype = asked ?? own;
  if (dtype !== undefined && fitting.includes(dtype)) return dtype;
  throw new TypeError(
    `encodeNpy: dtype: got '${dtype}', expected ${fitting.join(' or ')} for a ${data.constructor.name}.`,
  );
}

function oneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new RangeError(`encodeNpy: ${name}: got '${value}', expected ${known.join(' or ')}.`);
}

/** As NumPy writes it, to the byte. */
function headerBytes(
  dtype: NpyDType,
  shape: readonly number[],
  byteOrder: 'little' | 'big',
  order: 'C' | 'F',
): Uint8Array {
  const mark = elementBytes(dtype) === 1 ? '|' : byteOrder === 'big' ? '>' : '<';
  // As Python writes a tuple: one of a single axis ends with a comma.
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const isFortran = order === 'F' ? 'True' : 'False';
  const text = `{'descr': '${mark}${npyTypes[dtype].code}', 'fortran_order': ${isFortran}, 'shape': (${axes}), }`;
  const growing = order === 'F' ? shape.at(-1) : shape[0];
  const room = growing === undefined ? 0 : GROWING_DIGITS - String(growing).length;
  const start = 10;
  const begin = Math.ceil((start + text.length + room + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(begin);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, begin - start, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(begin - start - 1)}\n`), start);
  return bytes;
}
