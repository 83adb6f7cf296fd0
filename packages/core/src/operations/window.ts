import { describe } from '../tensor/describe.js';
import { formatShape, type Shape } from '../tensor/shape.js';

/** Zeros before and after an image's rows and columns: `same` and `valid` as in Keras, or amounts. */
export type Padding = 'same' | 'valid' | readonly [readonly [number, number], readonly [number, number]];

/** A pair for height and width; one number stands for both. */
export type Pair = number | readonly [number, number];

/** How a window moves over an image, for height and width each. */
export interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Before and after, for height and width. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/**
 * One number, or a pair of them, as a pair of whole numbers from 1.
 *
 * @throws RangeError naming the operation and the option
 */
export function pairOf(operation: string, option: string, value: Pair): [number, number] {
  const pair = (Array.isArray(value) ? value : [value, value]) as [number, number];
  if (pair.length !== 2 || !pair.every((length) => Number.isSafeInteger(length) && length >= 1)) {
    const shown = typeof value === 'number' || Array.isArray(value) ? String(value) : describe(value);
    throw new RangeError(`${operation}: ${option} is ${shown}; it must be a whole number from 1, or two of them.`);
  }
  return [pair[0], pair[1]];
}

/**
 * The window with its padding as amounts. `same` keeps ceil(length / stride) positions and puts the odd zero after,
 * as in Keras.
 *
 * @throws RangeError where the window does not fit into the padded image
 * @example
 * const { padding } = resolveWindow('mine', [1, 28, 28, 1], [3, 3], 2, 1, 'same');
 * padding; // [[0, 1], [0, 1]]
 */
export function resolveWindow(
  operation: string,
  image: Shape,
  size: readonly [number, number],
  strides: Pair,
  dilation: Pair,
  padding: Padding,
): Window {
  if (image.length !== 4) {
    throw new RangeError(
      `${operation}: the input must be [batch, height, width, channels], got ${formatShape(image)}.`,
    );
  }
  const stride = pairOf(operation, 'strides', strides);
  const dilate = pairOf(operation, 'dilation', dilation);
  const along = (axis: 0 | 1): [number, number] => {
    if (padding === 'valid') return [0, 0];
    if (padding === 'same') {
      const length = image[axis + 1];
      const covered = (Math.ceil(length / stride[axis]) - 1) * stride[axis] + (size[axis] - 1) * dilate[axis] + 1;
      const total = Math.max(0, covered - length);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    }
    if (!Array.isArray(padding) || !padding[axis]?.every((amount) => Number.isInteger(amount) && amount >= 0)) {
      throw new RangeError(
        `${operation}: padding is ${JSON.stringify(padding)}; expected 'same', 'valid' or [[top,bottom],[left,right]].`,
      );
    }
    return [padding[axis][0], padding[axis][1]];
  };
  const window: Window = { size, strides: stride, dilation: dilate, padding: [along(0), along(1)] };
  windowPositions(operation, image, window);
  return window;
}

/**
 * How many positions a window takes along height and width.
 *
 * @throws RangeError where there is none
 * @example
 * const window = resolveWindow('mine', [1, 28, 28, 1], [3, 3], 2, 1, 'same');
 * windowPositions('mine', [1, 28, 28, 1], window); // [14, 14]
 */
export function windowPositions(operation: string, image: Shape, window: Window): [number, number] {
  return [0, 1].map((axis) => {
    const room = image[axis + 1] + window.padding[axis][0] + window.padding[axis][1];
    const covered = (window.size[axis] - 1) * window.dilation[axis] + 1;
    const positions = Math.floor((room - covered) / window.strides[axis]) + 1;
    if (positions < 1) {
      throw new RangeError(
        `${operation}: a window of ${window.size.join('x')} does not fit into an image of ${image[1]}x${image[2]} with padding ${JSON.stringify(window.padding)}.`,
      );
    }
    return positions;
  }) as [number, number];
}
