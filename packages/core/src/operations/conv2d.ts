import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, type Shape, sameShape } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { neverSharded } from './sharding.js';
import { type Padding, type Pair, pairOf, resolveWindow, type Window, windowPositions } from './window.js';

/** A window over the input; the adjoints carry the shape they give back as well. */
export interface ConvolutionAttributes extends Attributes {
  readonly window: Window;
}

/** Calls visit(input offset, weight offset, output offset) for each multiplication of a convolution. */
function forEachProduct(
  x: Shape,
  y: Shape,
  { size: [kernelHeight, kernelWidth], strides, dilation, padding }: Window,
  visit: (input: number, weight: number, output: number) => void,
): void {
  const [batch, height, width, channels] = x;
  const [, rows, columns, filters] = y;
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
            const weight = (i * kernelWidth + j) * channels * filters;
            for (let c = 0; c < channels; c++) {
              for (let f = 0; f < filters; f++) visit(input + c, weight + c * filters + f, output + f);
            }
          }
        }
      }
    }
  }
}

function checkOperands(operation: string, x: Shape, weight: Shape): void {
  if (x.length !== 4 || weight.length !== 4) {
    throw new RangeError(
      `${operation}: expected an input [batch, height, width, channels] and a weight [height, width, in, out], ` +
        `got ${formatShape(x)} and ${formatShape(weight)}.`,
    );
  }
  if (x[3] !== weight[2]) {
    throw new RangeError(
      `${operation}: the input has ${x[3]} channels but the weight expects ${weight[2]} ` +
        `(input ${formatShape(x)}, weight ${formatShape(weight)}). Weights are height, width, in, out.`,
    );
  }
}

/** The shape of a convolution's output, after all that can be wrong has been looked for. */
function outputShape(operation: string, x: Shape, weight: Shape, window: Window): Shape {
  checkOperands(operation, x, weight);
  if (window.size[0] !== weight[0] || window.size[1] !== weight[1]) {
    throw new RangeError(
      `${operation}: the window is ${window.size.join('x')}, but the weight is ${formatShape(weight)}.`,
    );
  }
  const [rows, columns] = windowPositions(operation, x, window);
  return [x[0], rows, columns, weight[3]];
}

/** The gradient in an output must have the output's shape. */
function checkGradient(operation: string, gradient: Shape, x: Shape, weight: Shape, window: Window): void {
  const output = outputShape(operation, x, weight, window);
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
  infer: ([x, weight], { window }) => [float32(outputShape('conv2d', x.shape, weight.shape, window))],
  gradient: ({ inputs: [x, weight], gradient, attributes: { window } }) => [
    apply(conv2dInputGradientDefinition, [gradient, weight], { window, shape: x.shape }),
    apply(conv2dWeightGradientDefinition, [x, gradient], { window, shape: weight.shape }),
  ],
  reference({ inputs: [x, weight], outputs: [out], inputTypes: [type], outputTypes: [result], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(type.shape, result.shape, attributes.window, (i, w, o) => {
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
  infer([g, weight], { window, shape }) {
    checkGradient('conv2dInputGradient', g.shape, shape, weight.shape, window);
    return [float32(shape)];
  },
  gradient: ({ inputs: [g, weight], gradient, attributes: { window } }) => [
    apply(conv2dDefinition, [gradient, weight], { window }),
    apply(conv2dWeightGradientDefinition, [gradient, g], { window, shape: weight.shape }),
  ],
  reference({ inputs: [g, weight], outputs: [out], inputTypes: [type], attributes: { window, shape } }) {
    const total = new Float64Array(out.length);
    forEachProduct(shape, type.shape, window, (i, w, o) => {
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
  infer([x, g], { window, shape }) {
    checkGradient('conv2dWeightGradient', g.shape, x.shape, shape, window);
    return [float32(shape)];
  },
  gradient: ({ inputs: [x, g], gradient, attributes: { window } }) => [
    apply(conv2dInputGradientDefinition, [g, gradient], { window, shape: x.shape }),
    apply(conv2dDefinition, [x, gradient], { window }),
  ],
  reference({ inputs: [x, g], outputs: [out], inputTypes: [type, result], attributes: { window } }) {
    const total = new Float64Array(out.length);
    forEachProduct(type.shape, result.shape, window, (i, w, o) => {
      total[w] += x[i] * g[o];
    });
    out.set(total);
  },
};

/** Options of a convolution, as Keras names them. */
export interface Conv2dOptions {
  readonly strides?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Padding;
}

/**
 * Two-dimensional cross-correlation, as deep learning calls convolution.
 *
 * @param x      images [batch, height, width, channels]
 * @param weight kernels [height, width, channels, filters]
 * @returns [batch, rows, columns, filters]
 * @throws RangeError where channels or sizes do not fit
 */
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  checkTensors('conv2d', 'the operands', [x, weight]);
  checkKnownOptions('conv2d', options, ['strides', 'dilation', 'padding']);
  const { strides = 1, dilation = 1, padding = 'valid' } = options;
  checkOperands('conv2d', x.shape, weight.shape);
  const size = pairOf('conv2d', 'the size of the kernel', [weight.shape[0], weight.shape[1]]);
  return apply(conv2dDefinition, [x, weight], {
    window: resolveWindow('conv2d', x.shape, size, strides, dilation, padding),
  });
}
