import { halfToFloat } from '../half/half.js';
import { groupBytes, type NpyArray, type NpyData, npyTypes } from './dtypes.js';
import { NPY_HEADER_BYTES, npyHeader } from './header.js';
import { reverseAxes, swapBytes } from './orders.js';

/**
 * The array of a `.npy` file: of any numeric type, byte order and order of elements. Pickled objects are not read.
 *
 * @param bytes the whole file; no more is allocated than a few times its length
 * @returns values in row-major order. Half floats become float32, and truth values bytes of 0 and 1; complex numbers
 *   are pairs of a real and an imaginary part
 * @throws NpyError naming what is wrong
 * @see numpy.lib.format
 * @example
 * decodeNpy(encodeNpy(Float32Array.of(1, 2), [2])).data; // [1, 2]
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const { dtype, byteOrder, order, shape, begin } = npyHeader(bytes.subarray(0, NPY_HEADER_BYTES), bytes.length);
  const { array, parts } = npyTypes[dtype];
  // Copied, since a typed array must begin at a multiple of its elements' size.
  const copy = new Uint8Array(bytes.subarray(begin));
  if (byteOrder === 'big') swapBytes(copy, groupBytes(dtype));
  const stored: NpyData = dtype === 'float16' ? halfToFloat(new Uint16Array(copy.buffer)) : new array(copy.buffer);
  if (dtype === 'bool') for (let at = 0; at < copy.length; at++) copy[at] = copy[at] === 0 ? 0 : 1;
  return { dtype, shape, data: order === 'C' ? stored : reverseAxes(stored, shape.toReversed(), parts) };
}
