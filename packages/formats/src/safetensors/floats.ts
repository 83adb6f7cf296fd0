import { bfloatToFloat, halfToFloat } from '../half/half.js';
import type { SafetensorsTensor } from './dtypes.js';
import { SafetensorsError } from './error.js';

/** Types whose numbers are all numbers of float32, too. */
const FLOATS = ['F32', 'F16', 'BF16'];

/** Whether a tensor's numbers can be had as float32 without rounding. */
export const areFloats = ({ dtype }: SafetensorsTensor): boolean => FLOATS.includes(dtype);

/**
 * The numbers of a tensor of dtype F32, F16 or BF16 as float32. Each is exactly what it was.
 *
 * @returns the tensor's own array if it has float32, else a new one
 * @throws SafetensorsError for another dtype
 * @example
 * safetensorsFloats({ dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc000) }); // [1, -2]
 */
export function safetensorsFloats({ dtype, data }: SafetensorsTensor): Float32Array {
  if (dtype === 'F32') return data as Float32Array;
  if (dtype === 'F16') return halfToFloat(data as Uint16Array);
  if (dtype === 'BF16') return bfloatToFloat(data as Uint16Array);
  throw new SafetensorsError(
    `a tensor has dtype ${dtype}; expected ${FLOATS.join(', ')}. Convert it where it was made.`,
  );
}
