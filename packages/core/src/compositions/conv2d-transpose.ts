import { checkOperandRanks, conv2dInputGradientDefinition } from '../operations/conv2d.js';
import { apply } from '../operations/definition.js';
import { type Padding, type Pair, pairOf, resolveWindow, type Window, windowPositions } from '../operations/window.js';
import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions, refuse } from '../tensor/options.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** Options of a transposed convolution, as Keras names them. */
export interface Conv2dTransposeOptions {
  /** Pixels of the result from one pixel of the input to the next. Default 1. */
  readonly strides?: Pair;
  /** Pixels from one tap of the kernel to the next. Default 1. */
  readonly dilation?: Pair;
  /**
   * Of the convolution that this is the transposed of. `valid`: all that a kernel reaches; `same`: length times stride;
   * or how much is cut off. Default `valid`.
   */
  readonly padding?: Padding;
  /**
   * Rows and columns that are added at the end, from 0 to below the stride. Default: as many as make the length that
   * `padding` names, none where padding is in amounts.
   */
  readonly outputPadding?: Pair;
}

/**
 * The images that a transposed convolution gives, and the window of the convolution over them that it is the transposed of.
 *
 * @param image   [batch, height, width, channels] of the input
 * @param size    of the kernel
 * @param filters channels of the result
 * @throws RangeError naming the operation where options do not fit
 * @example
 * const { shape } = transposedWindow('mine', [1, 4, 4, 8], [3, 3], 16, { strides: 2, padding: 'same' });
 * shape; // [1, 8, 8, 16]
 */
export function transposedWindow(
  operation: string,
  image: Shape,
  size: readonly [number, number],
  filters: number,
  options: Conv2dTransposeOptions,
): { readonly window: Window; readonly shape: Shape } {
  const { padding = 'valid', outputPadding } = options;
  const strides = pairOf(operation, 'strides', options.strides ?? 1);
  const dilation = pairOf(operation, 'dilation', options.dilation ?? 1);
  const extra = outputPadding === undefined ? undefined : checkOutputPadding(operation, outputPadding, strides);
  const lengths = [0, 1].map((axis) => {
    const [stride, reach] = [strides[axis], (size[axis] - 1) * dilation[axis] + 1];
    const covered = (image[axis + 1] - 1) * stride;
    if (padding === 'valid') return covered + reach + (extra?.[axis] ?? Math.max(0, stride - reach));
    if (padding === 'same') return covered + (extra ? (reach % 2) + extra[axis] : stride);
    return covered + reach - (padding[axis]?.[0] ?? 0) - (padding[axis]?.[1] ?? 0) + (extra?.[axis] ?? 0);
  });
  const shape = [image[0], ...lengths, filters];
  const wrong = () =>
    new RangeError(
      `${operation}: ${formatShape(image)} would become ${formatShape(shape)}, and a convolution of that does not give ` +
        `${image[1]}x${image[2]} pixels. Choose another padding or outputPadding.`,
    );
  if (lengths.some((length) => length < 1)) throw wrong();
  const window = resolveWindow(operation, shape, size, strides, dilation, padding);
  const [rows, columns] = windowPositions(operation, shape, window);
  if (rows !== image[1] || columns !== image[2]) throw wrong();
  return { window, shape };
}

function checkOutputPadding(operation: string, value: Pair, strides: readonly [number, number]): readonly number[] {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const isFit = (amount: unknown, axis: number): amount is number =>
    Number.isInteger(amount) && (amount as number) >= 0 && (amount as number) < strides[axis];
  if (pair.length === 2 && pair.every(isFit)) return pair;
  return refuse(
    operation,
    'outputPadding',
    value,
    `whole numbers from 0 to below the strides, ${strides.join(' and ')}`,
  );
}

/**
 * Transposed convolution: each pixel of the input adds its multiple of the kernel to the result. It is the gradient of
 * `conv2d` in its images, and the way from small images to larger ones.
 *
 * @param x      images [batch, height, width, channels]
 * @param weight kernels [height, width, filters, channels], as Keras lays them out
 * @returns [batch, rows, columns, filters]
 * @throws RangeError where channels, sizes or options do not fit
 * @example
 * const images = randomNormal([2, 4, 4, 8], { seed: 1 });
 * conv2dTranspose(images, ones([3, 3, 16, 8]), { strides: 2, padding: 'same' }).shape; // [2, 8, 8, 16]
 * @see Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning, chapter 4
 */
export function conv2dTranspose(x: Tensor, weight: Tensor, options: Conv2dTransposeOptions = {}): Tensor {
  checkTensors('conv2dTranspose', 'the operands', [x, weight]);
  checkKnownOptions('conv2dTranspose', options, ['strides', 'dilation', 'padding', 'outputPadding']);
  checkOperandRanks('conv2dTranspose', x.shape, weight.shape, '[height, width, out, in]');
  const [height, width, filters, channels] = weight.shape;
  if (x.shape[3] !== channels) {
    throw new RangeError(
      `conv2dTranspose: the input has ${x.shape[3]} channels but the weight expects ${channels} ` +
        `(input ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}). Weights are height, width, out, in.`,
    );
  }
  const size = pairOf('conv2dTranspose', 'the size of the kernel', [height, width]);
  const { window, shape } = transposedWindow('conv2dTranspose', x.shape, size, filters, options);
  return apply(conv2dInputGradientDefinition, [x, weight], { window, shape });
}
