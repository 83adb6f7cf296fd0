import { checkTensors, describe } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, type Shape, sameShape } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { depthwise } from './depthwise.js';
import { reshape } from './reshape.js';
import { neverSharded } from './sharding.js';
import { type Padding, type Pair, pairOf, resolveWindow, type Window, windowPositions } from './window.js';

/** A window over the input; the adjoints carry the shape they give back as well. */
export interface ConvolutionAttributes extends Attributes {
  readonly window: Window;
  /** Runs of channels, each with filters of its own. Default 1. */
  readonly groups?: number;
}

/** Calls visit(input offset, weight offset, output offset) for each multiplication of a convolution. */
function forEachProduct(
  x: Shape,
  y: Shape,
  { window: { size, strides, dilation, padding }, groups = 1 }: ConvolutionAttributes,
  visit: (input: number, weight: number, output: number) => void,
): void {
  const [batch, height, width, channels] = x;
  const [, rows, columns, filters] = y;
  const [kernelHeight, kernelWidth] = size;
  const [channelsOfGroup, filtersOfGroup] = [channels / groups, filters / groups];
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let i = 0; i < kernelHeight; i++) {
          const h = row * strides[0] + i * dilation[0] - padding[0][0];
          if (h < 0 || h >= height) continue;
          for (let j = 0; j < kernelWidth; j++) {
            const w = column * strides[1] + j * dilation[1] - padding[1][0];
            if (w < 0 || w >= width) continue;
            const input = ((n * height + h) * width + w) * channels;
            const output = ((n * rows + row) * columns + column) * filters;
            const weight = (i * kernelWidth + j) * channelsOfGroup * filters;
            for (let c = 0; c < channels; c++) {
              const first = Math.floor(c / channelsOfGroup) * filtersOfGroup;
              const row = weight + (c % channelsOfGroup) * filters;
              for (let f = first; f < first + filtersOfGroup; f++) visit(input + c, row + f, output + f);
            }
          }
        }
      }
    }
  }
}

/** @throws RangeError if the operands are no images and no weights for images */
export function checkOperandRanks(
  operation: string,
  x: Shape,
  weight: Shape,
  layout = '[height, width, in, out]',
): void {
  if (x.length === 4 && weight.length === 4) return;
  throw new RangeError(
    `${operation}: expected an input [batch, height, width, channels] and a weight ${layout}, ` +
      `got ${formatShape(x)} and ${formatShape(weight)}.`,
  );
}

function checkOperands(operation: string, x: Shape, weight: Shape, groups = 1): void {
  checkOperandRanks(operation, x, weight);
  const isGroups = Number.isSafeInteger(groups) && groups >= 1;
  if (!isGroups || (groups > 1 && (x[3] % groups !== 0 || weight[3] % groups !== 0))) {
    throw new RangeError(
      `${operation}: groups is ${describe(groups)}; it must be a whole number from 1 that divides the ${x[3]} channels of the ` +
        `input and the ${weight[3]} filters.`,
    );
  }
  if (x[3] !== weight[2] * groups) {
    const inGroups = groups > 1 ? ` in each of ${groups} groups` : '';
    throw new RangeError(
      `${operation}: the input has ${x[3]} channels but the weight expects ${weight[2]}${inGroups} ` +
        `(input ${formatShape(x)}, weight ${formatShape(weight)}). Weights are height, width, in${groups > 1 ? ' / groups' : ''}, out.`,
    );
  }
}

/** The shape of a convolution's output, after all that can be wrong has been looked for. */
function outputShape(operation: string, x: Shape, weight: Shape, { window, groups }: ConvolutionAttributes): Shape {
  checkOperands(operation, x, weight, groups);
  if (window.size[0] !== weight[0] || window.size[1] !== weight[1]) {
    throw new RangeError(
      `${operation}: the window is ${window.size.join('x')}, but the weight is ${formatShape(weight)}.`,
    );
  }
  const [rows, columns] = windowPositions(operation, x, window);
  return [x[0], rows, columns, weight[3]];
}

/** The gradient in an output must have the output's shape. */
function checkGradient(
  operation: string,
  gradient: Shape,
  x: Shape,
  weight: Shape,
  attributes: ConvolutionAttributes,
): void {
  const output = outputShape(operation, x, weight, attributes);
  if (!sameShape(gradient, output)) {
    throw new RangeError(
      `${operation}: the gradient is ${formatShape(gradient)}, but the output of a convolution of ${formatShape(x)} ` +
        `with ${formatShape(weight)} is ${formatShape(output)}.`,
    );
  }
}

export const conv2dDefinition: OperationDefinition<ConvolutionAttributes> = {
  name: 'conv2d',
  kind: 'lowered',
  exact: false,
  shard: neverSharded,
  infer: ([x, weight], attributes) => [float32(outputShape('conv2d', x.shape, weight.shape, attributes))],
  gradient: ({ inputs: [x, weight], gradient, attributes }) => [
    apply(conv2dInputGradientDefinition, [gradient, weight], { ...attributes, shape: x.shape }),
    apply(conv2dWeightGradientDefinition, [x, gradient], { ...attributes, shape: weight.shape }),
  ],
  reference({ inputs: [x, weight], outputs: [out], inputTypes: [type], outputTypes: [result], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(type.shape, result.shape, attributes, (i, w, o) => {
      total[o] += x[i] * weight[w];
    });
    out.set(total);
  },
};

/** The adjoint of conv2d in its input: what a loss's gradient in the output means for the input of `shape`. */
export const conv2dInputGradientDefinition: OperationDefinition<ConvolutionAttributes & { shape: Shape }> = {
  name: 'conv2dInputGradient',
  kind: 'lowered',
  exact: false,
  shard: neverSharded,
  infer([g, weight], attributes) {
    checkGradient('conv2dInputGradient', g.shape, attributes.shape, weight.shape, attributes);
    return [float32(attributes.shape)];
  },
  gradient: ({ inputs: [g, weight], gradient, attributes: { shape: _, ...forward } }) => [
    apply(conv2dDefinition, [gradient, weight], forward),
    apply(conv2dWeightGradientDefinition, [gradient, g], { ...forward, shape: weight.shape }),
  ],
  reference({ inputs: [g, weight], outputs: [out], inputTypes: [type], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(attributes.shape, type.shape, attributes, (i, w, o) => {
      total[i] += g[o] * weight[w];
    });
    out.set(total);
  },
};

/** The adjoint of conv2d in its weight of `shape`. */
export const conv2dWeightGradientDefinition: OperationDefinition<ConvolutionAttributes & { shape: Shape }> = {
  name: 'conv2dWeightGradient',
  kind: 'lowered',
  exact: false,
  shard: neverSharded,
  infer([x, g], attributes) {
    checkGradient('conv2dWeightGradient', g.shape, x.shape, attributes.shape, attributes);
    return [float32(attributes.shape)];
  },
  gradient: ({ inputs: [x, g], gradient, attributes: { shape: _, ...forward } }) => [
    apply(conv2dInputGradientDefinition, [g, gradient], { ...forward, shape: x.shape }),
    apply(conv2dDefinition, [x, gradient], forward),
  ],
  reference({ inputs: [x, g], outputs: [out], inputTypes: [type, result], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(type.shape, result.shape, attributes, (i, w, o) => {
      total[w] += x[i] * g[o];
    });
    out.set(total);
  },
};

/** Options of a convolution, as Keras names them. */
export interface Conv2dOptions {
  /** Pixels from one position of the kernel to the next. Default 1. */
  readonly strides?: Pair;
  /** Pixels from one tap of the kernel to the next. Default 1. */
  readonly dilation?: Pair;
  /** Default `valid`. */
  readonly padding?: Padding;
  /**
   * Cuts channels and filters into as many runs; filters see the channels of their own run only. Default 1. As many groups
   * as channels are a depthwise convolution, with a kernel of its own.
   */
  readonly groups?: number;
}

/**
 * Two-dimensional cross-correlation, as deep learning calls convolution.
 *
 * @param x      images [batch, height, width, channels]
 * @param weight kernels [height, width, channels / groups, filters]
 * @returns [batch, rows, columns, filters]
 * @throws RangeError where channels, groups or sizes do not fit
 * @example
 * const images = randomNormal([2, 8, 8, 4], { seed: 1 });
 * conv2d(images, ones([3, 3, 4, 16]), { padding: 'same' }).shape; // [2, 8, 8, 16]
 * conv2d(images, ones([3, 3, 2, 16]), { groups: 2, strides: 2 }).shape; // [2, 3, 3, 16]
 */
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  checkTensors('conv2d', 'the operands', [x, weight]);
  checkKnownOptions('conv2d', options, ['strides', 'dilation', 'padding', 'groups']);
  const { strides = 1, dilation = 1, padding = 'valid', groups = 1 } = options;
  checkOperands('conv2d', x.shape, weight.shape, groups);
  const size = pairOf('conv2d', 'the size of the kernel', [weight.shape[0], weight.shape[1]]);
  const window = resolveWindow('conv2d', x.shape, size, strides, dilation, padding);
  if (groups > 1 && groups === x.shape[3]) {
    return depthwise(x, reshape(weight, [...size, groups, weight.shape[3] / groups]), window);
  }
  return apply(conv2dDefinition, [x, weight], { window, ...(groups > 1 && { groups }) });
}
