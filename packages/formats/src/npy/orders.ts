import type { NpyData } from './dtypes.js';

/** Reverses each group of bytes, in place. */
export function swapBytes(bytes: Uint8Array, group: number): void {
  if (group === 1) return;
  for (let at = 0; at < bytes.length; at += group) bytes.subarray(at, at + group).reverse();
}

/**
 * Elements of an array with its axes in reverse order: from row-major to column-major order or, with the axes reversed,
 * back.
 *
 * @param shape of the row-major array
 * @param parts numbers of an element
 */
export function reverseAxes<Data extends NpyData>(data: Data, shape: readonly number[], parts: number): Data {
  const result = data.slice() as Data;
  if (shape.length < 2 || data.length === 0) return result;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, parts));
  const index = shape.map(() => 0);
  for (let at = 0, from = 0; at < result.length; at += parts) {
    for (let part = 0; part < parts; part++) result[at + part] = data[from + part];
    // Of the result the first axis changes fastest.
    for (let axis = 0; axis < shape.length; axis++) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
