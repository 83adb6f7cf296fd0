import type { TypedArray } from '@weft/core';

/** Images as Weft has them, [batch, height, width, channels], to ONNX's order, and back. */
export const TO_CHANNELS_FIRST: readonly number[] = [0, 3, 1, 2];
export const TO_CHANNELS_LAST: readonly number[] = [0, 2, 3, 1];

export const isIdentity = (permutation: readonly number[]): boolean =>
  permutation.every((axis, index) => axis === index);

/** The permutation that is both, the first one first. */
export const composed = (first: readonly number[], second: readonly number[]): number[] =>
  second.map((axis) => first[axis]);

/** The permutation that takes one back. */
export const inverted = (permutation: readonly number[]): number[] =>
  permutation.map((_, axis) => permutation.indexOf(axis));

/** Whether row-major values stay in their order: axes of length 1 may be anywhere. */
export function keepsOrder(shape: readonly number[], permutation: readonly number[]): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, index) => index === 0 || axis > moved[index - 1]);
}

/** Row-major values with their axes in another order. */
export function permuted<T extends TypedArray>(data: T, shape: readonly number[], permutation: readonly number[]): T {
  if (isIdentity(permutation)) return data;
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  const walked = permutation.map((axis) => strides[axis]);
  const lengths = permutation.map((axis) => shape[axis]);
  const result = new (data.constructor as new (length: number) => T)(data.length);
  const position = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let index = 0; index < result.length; index++) {
    result[index] = data[offset];
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      offset += walked[axis];
      if (++position[axis] < lengths[axis]) break;
      offset -= walked[axis] * lengths[axis];
      position[axis] = 0;
    }
  }
  return result;
}
