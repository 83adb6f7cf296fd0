import { type Shape, type Tensor, tensor } from '@weft/core';
import type { DescribedArray } from '../../src/index.js';

/** Examples as a tensor: some of them, in the order of their numbers. */
export function batchOf(values: Float32Array | DescribedArray, shape: Shape, rows: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const { data, scale = 1 } = values instanceof Float32Array ? { data: values } : values;
  const taken = rows.flatMap((row) => [...data.subarray(row * size, (row + 1) * size)].map((x) => x * scale));
  return tensor(Float32Array.from(taken), [rows.length, ...shape]);
}

/** How far two vectors are from each other, relative to the second: L2 norms. */
export function relativeDistance(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    difference += (got[i] - want[i]) ** 2;
    size += want[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
