import { type Shape, sizeOf, type TypedArray, type ValueType } from './shape.js';

/** Elements that are printed all; of more, and of longer axes than `2 * EDGE`, the first and the last `EDGE`. */
const THRESHOLD = 1000;
const EDGE = 3;

/** Digits that float32 holds. */
const DIGITS = 7;

/** The values of a tensor as text, nested like arrays and shortened as NumPy does. */
export function printValues({ shape, dtype }: ValueType, values: TypedArray): string {
  const isShortened = sizeOf(shape) > THRESHOLD;
  const format = (value: number) =>
    Object.is(value, -0) ? '-0' : String(dtype === 'float32' ? Number(value.toPrecision(DIGITS)) : value);
  const print = (axis: number, offset: number): string => {
    if (axis === shape.length) return format(values[offset]);
    const inside = sizeOf(shape.slice(axis + 1));
    const isLast = axis === shape.length - 1;
    const parts = placesOf(shape, axis, isShortened).map((at) =>
      at === undefined ? '...' : print(axis + 1, offset + at * inside),
    );
    return `[${parts.join(isLast ? ', ' : `,\n${' '.repeat(axis + 1)}`)}]`;
  };
  return print(0, 0);
}

/** The places of an axis that are printed; undefined stands for those left out. */
function placesOf(shape: Shape, axis: number, isShortened: boolean): (number | undefined)[] {
  const length = shape[axis];
  if (!isShortened || length <= 2 * EDGE) return Array.from({ length }, (_, at) => at);
  const edge = Array.from({ length: EDGE }, (_, at) => at);
  return [...edge, undefined, ...edge.map((at) => length - EDGE + at)];
}
