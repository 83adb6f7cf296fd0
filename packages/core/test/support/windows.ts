import type { Padding } from '../../src/operations/window.js';
import type { Shape } from '../../src/tensor/shape.js';
import { positions } from './plain.js';

/** A window over height and width, with padding in amounts. */
export interface PlainWindow {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly (readonly [number, number])[];
}

/** Zeros before and after by TensorFlow's rule for `same` (tf.nn, notes on padding). */
function samePadding(length: number, size: number, stride: number, dilation = 1): [number, number] {
  const reach = (size - 1) * dilation + 1;
  const amount = Math.max(0, reach - (length % stride === 0 ? stride : length % stride));
  return [Math.floor(amount / 2), Math.ceil(amount / 2)];
}

/** Rows and columns of what a window gives. */
export function windowGrid(
  [, height, width]: Shape,
  { size, strides, dilation, padding }: PlainWindow,
): [number, number] {
  const along = (length: number, axis: 0 | 1) => {
    const reach = (size[axis] - 1) * dilation[axis] + 1;
    let count = 0;
    while (count * strides[axis] + reach <= length + padding[axis][0] + padding[axis][1]) count++;
    return count;
  };
  return [along(height, 0), along(width, 1)];
}

/** For each place of a grid the pixels under the window: [row, column, place in the window]. */
export function pixelsUnder(
  image: Shape,
  row: number,
  column: number,
  window: PlainWindow,
): [number, number, number][] {
  const { size, strides, dilation, padding } = window;
  return positions(size)
    .map(([i, j], place): [number, number, number] => [
      row * strides[0] - padding[0][0] + i * dilation[0],
      column * strides[1] - padding[1][0] + j * dilation[1],
      place,
    ])
    .filter(([h, w]) => h >= 0 && w >= 0 && h < image[1] && w < image[2]);
}

/** A convolution and its gradients, from the sum in its definition. */
export function plainConvolution(
  x: ArrayLike<number>,
  image: Shape,
  weight: ArrayLike<number>,
  kernel: Shape,
  window: PlainWindow,
  gradient?: ArrayLike<number>,
) {
  const [batch, height, width, channels] = image;
  const filters = kernel[3];
  const shape = [batch, ...windowGrid(image, window), filters];
  const y = new Float64Array(shape.reduce((a, b) => a * b));
  const inputGradient = new Float64Array(x.length);
  const weightGradient = new Float64Array(weight.length);
  let output = 0;
  for (const [n, row, column, f] of positions(shape)) {
    for (const [h, w, tap] of pixelsUnder(image, row, column, window)) {
      for (let c = 0; c < channels; c++) {
        const input = ((n * height + h) * width + w) * channels + c;
        const parameter = (tap * channels + c) * filters + f;
        y[output] += x[input] * weight[parameter];
        inputGradient[input] += (gradient?.[output] ?? 0) * weight[parameter];
        weightGradient[parameter] += (gradient?.[output] ?? 0) * x[input];
      }
    }
    output++;
  }
  return { shape, y, inputGradient, weightGradient };
}

/** Height and width. */
export type Pair = readonly [number, number];

/** A window with its padding in amounts, by TensorFlow's rule where it is `same`. */
export function plainWindow(image: Shape, size: Pair, strides: Pair, dilation: Pair, padding: Padding): PlainWindow {
  const amounts =
    padding === 'valid'
      ? ([
          [0, 0],
          [0, 0],
        ] as const)
      : padding === 'same'
        ? ([0, 1] as const).map((axis) => samePadding(image[axis + 1], size[axis], strides[axis], dilation[axis]))
        : padding;
  return { size, strides, dilation, padding: amounts };
}
