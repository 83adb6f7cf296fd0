import type { Shape } from '../../src/tensor/shape.js';

/** The places of a shape in row-major order. */
export function positions(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (places, length) => places.flatMap((place) => Array.from({ length }, (_, at) => [...place, at])),
    [[]],
  );
}

/** A value for every place of a shape. */
export function build(shape: Shape, valueAt: (...position: number[]) => number): number[] {
  return positions(shape).map((position) => valueAt(...position));
}

/** Reads row-major values by their place. */
export function reader(
  values: ArrayLike<number>,
  shape: Shape,
  outside = Number.NaN,
): (...position: number[]) => number {
  return (...position) => {
    const inside = shape.every((length, axis) => position[axis] >= 0 && position[axis] < length);
    return inside ? values[position.reduce((index, at, axis) => index * shape[axis] + at, 0)] : outside;
  };
}

/** Reads values as if they were broadcast to a shape of more axes or longer ones. */
export function broadcastReader(values: ArrayLike<number>, shape: Shape): (...position: number[]) => number {
  const at = reader(values, shape);
  return (...position) =>
    at(...position.slice(position.length - shape.length).map((p, axis) => Math.min(p, shape[axis] - 1)));
}

/** Whole numbers from 0 below a length. */
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

export const total = (values: Iterable<number>): number => {
  let result = 0;
  for (const value of values) result += value;
  return result;
};
