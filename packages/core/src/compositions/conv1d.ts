import { conv2d } from '../operations/conv2d.js';
import { reshape } from '../operations/reshape.js';
import type { Padding } from '../operations/window.js';
import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions, refuse } from '../tensor/options.js';
import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** Zeros before and after a sequence, as names or amounts: `causal` puts all of them before it. */
export type Padding1d = 'valid' | 'same' | 'causal' | readonly [before: number, after: number];

/** Options of a convolution of sequences, as Keras names them. */
export interface Conv1dOptions {
  /** Steps from one position of the kernel to the next. Default 1. */
  readonly strides?: number;
  /** Steps from one tap of the kernel to the next. Default 1. */
  readonly dilation?: number;
  /** Default `valid`. With `causal` a result depends on no later step. */
  readonly padding?: Padding1d;
  /** As in `conv2d`. Default 1. */
  readonly groups?: number;
}

/**
 * One-dimensional cross-correlation: `conv2d` of sequences as images of one row.
 *
 * @param x      sequences [batch, length, channels]
 * @param weight kernels [size, channels / groups, filters]
 * @returns [batch, positions, filters]
 * @throws RangeError where channels, groups or sizes do not fit
 * @example
 * const sequences = randomNormal([2, 10, 4], { seed: 1 });
 * conv1d(sequences, ones([3, 4, 8]), { padding: 'causal' }).shape; // [2, 10, 8]
 */
export function conv1d(x: Tensor, weight: Tensor, options: Conv1dOptions = {}): Tensor {
  checkTensors('conv1d', 'the operands', [x, weight]);
  checkKnownOptions('conv1d', options, ['strides', 'dilation', 'padding', 'groups']);
  if (x.shape.length !== 3 || weight.shape.length !== 3) {
    throw new RangeError(
      'conv1d: expected an input [batch, length, channels] and a weight [size, in, out], ' +
        `got ${formatShape(x.shape)} and ${formatShape(weight.shape)}.`,
    );
  }
  const [batch, length, channels] = x.shape;
  const [size, inside, filters] = weight.shape;
  const { strides = 1, dilation = 1, padding = 'valid', groups = 1 } = options;
  for (const [option, value] of Object.entries({ strides, dilation })) {
    if (!Number.isSafeInteger(value) || value < 1) refuse('conv1d', option, value, 'a whole number from 1');
  }
  const y = conv2d(reshape(x, [batch, 1, length, channels]), reshape(weight, [1, size, inside, filters]), {
    strides: [1, strides],
    dilation: [1, dilation],
    padding: paddingOfRow(padding, (size - 1) * dilation),
    groups,
  });
  return reshape(y, [batch, y.shape[2], filters]);
}

const NONE = [0, 0] as const;

/** Zeros around an image of one row; `reach` is how far a kernel reaches back. */
function paddingOfRow(padding: Padding1d, reach: number): Padding {
  if (padding === 'same' || padding === 'valid') return padding;
  if (padding === 'causal') return [NONE, [reach, 0]];
  if (
    !Array.isArray(padding) ||
    padding.length !== 2 ||
    !padding.every((amount) => Number.isInteger(amount) && amount >= 0)
  ) {
    refuse('conv1d', 'padding', padding, "'valid', 'same', 'causal' or [before, after]");
  }
  return [NONE, [padding[0], padding[1]]];
}
