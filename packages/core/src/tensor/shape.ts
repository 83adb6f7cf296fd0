import { describe, describeElements } from './describe.js';

/** Lengths of a tensor's axes, outermost first. The empty shape is a scalar. */
export type Shape = readonly number[];

/**
 * How the elements of a tensor are stored. Arithmetic is done on `float32`, some of it on `int32` too; the others are tables
 * and keys.
 */
export type DType = 'float32' | 'int32' | 'uint8' | 'uint32';

/** The shape and the storage of one value of a program. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The typed array that holds a value of each storage type. */
export type TypedArray = Float32Array | Int32Array | Uint8Array | Uint32Array;

/**
 * Number of elements of a shape.
 *
 * @example
 * sizeOf([2, 3, 4]); // 24
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Bytes that a value occupies.
 *
 * @example
 * byteLength({ shape: [2, 3], dtype: 'float32' }); // 24
 */
export function byteLength(type: ValueType): number {
  return sizeOf(type.shape) * (type.dtype === 'uint8' ? 1 : 4);
}

/**
 * `[8,28,28,1]`, as shapes are written in messages.
 *
 * @example
 * formatShape([8, 28, 28, 1]); // '[8,28,28,1]'
 */
export function formatShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

/**
 * Whether two shapes are the same.
 *
 * @example
 * sameShape([2, 3], [3, 2]); // false
 */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Row-major strides, in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/**
 * The shape that two shapes broadcast to, by NumPy's rule: aligned at the last axis, lengths must agree or be 1.
 *
 * @throws RangeError naming both shapes and the axis at which they disagree
 */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(
        `${operation}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ` +
          `lengths ${left} and ${right} meet at axis ${axis - rank}. Each pair must agree, or one of them be 1.`,
      );
    }
    return left === 1 ? right : left;
  });
}

/**
 * An axis as an index from 0; negative ones count from the end, as in NumPy.
 *
 * @throws RangeError for an axis out of range
 */
export function normaliseAxis(operation: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(
      `${operation}: axis ${axis} does not exist in a tensor of ${rank} axes. Use ${-rank} to ${rank - 1}.`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes as a list, which may be one number. @throws TypeError if they are something else */
export function listOfAxes(operation: string, axes: number | readonly number[]): readonly number[] {
  const list = typeof axes === 'number' ? [axes] : axes;
  if (Array.isArray(list)) return list;
  throw new TypeError(`${operation}: axes must be a number or an array of them, such as [0], got ${describe(axes)}.`);
}

/**
 * Axes as distinct indices in ascending order; negative ones count from the end, as in NumPy.
 *
 * @throws RangeError for an axis out of range or named twice
 */
export function normaliseAxes(operation: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = listOfAxes(operation, axes);
  const normalised = list.map((axis) => normaliseAxis(operation, axis, rank));
  if (new Set(normalised).size !== normalised.length) {
    throw new RangeError(`${operation}: axes [${list.join(',')}] name an axis twice.`);
  }
  return normalised.sort((a, b) => a - b);
}

/** @throws TypeError if it is no array */
export function checkLengths(operation: string, shape: unknown): void {
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `${operation}: a shape is an array of lengths, such as [${typeof shape === 'number' ? shape : '2,3'}], ` +
        `got ${describe(shape)}.`,
    );
  }
}

/**
 * Checks that a shape is made of non-negative safe integers whose product can be stored.
 *
 * @throws RangeError naming the shape
 * @example
 * checkShape('mine', [2, 3]);
 * checkShape('mine', [2, -3]); // throws RangeError
 */
export function checkShape(operation: string, shape: Shape): void {
  checkLengths(operation, shape);
  // Lengths so large that their product is infinite make it NaN if there is a 0 among them.
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || !(sizeOf(shape) <= 2 ** 30)) {
    const isOpen = shape.some((length) => length === null || length === undefined);
    const shown = shape.map((length) => (length === null ? 'null' : length));
    throw new RangeError(
      `${operation}: [${describeElements(shown)}] is not a shape. Lengths must be whole numbers from 0, their product at most 2^30.` +
        (isOpen
          ? ' No length stays open: give a number for the batch, or leave that axis out where examples are described.'
          : ''),
    );
  }
}
