import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, type Shape, sameShape } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { reshape } from './reshape.js';
import { onlySharding, shardRows } from './sharding.js';
import { type Padding, type Pair, pairOf, resolveWindow, type Window, windowPositions } from './window.js';

/** A window over images of `shape`. */
export interface DepthwiseAttributes extends Attributes {
  readonly window: Window;
  readonly shape: Shape;
}

/** Calls visit(input offset, weight offset, output offset) for each multiplication. */
function forEachProduct(
  { window, shape: [batch, height, width, channels] }: DepthwiseAttributes,
  visit: (input: number, weight: number, output: number) => void,
): void {
  const [rows, columns] = windowPositions('depthwiseConv2d', [batch, height, width, channels], window);
  const { size, strides, dilation, padding } = window;
  for (let place = 0; place < batch * rows * columns; place++) {
    const n = Math.floor(place / (rows * columns));
    for (let tap = 0; tap < size[0] * size[1]; tap++) {
      const row = Math.floor(place / columns) % rows;
      const h = row * strides[0] + Math.floor(tap / size[1]) * dilation[0] - padding[0][0];
      const w = (place % columns) * strides[1] + (tap % size[1]) * dilation[1] - padding[1][0];
      if (h < 0 || h >= height || w < 0 || w >= width) continue;
      const pixel = (n * height + h) * width + w;
      for (let c = 0; c < channels; c++) visit(pixel * channels + c, tap * channels + c, place * channels + c);
    }
  }
}

/** Shapes of what is convolved, of the kernels and of the result. */
function shapesOf(operation: string, { window, shape }: DepthwiseAttributes) {
  return {
    images: shape,
    kernels: [...window.size, shape[3]],
    result: [shape[0], ...windowPositions(operation, shape, window), shape[3]],
  };
}

/** Refuses operands of other shapes than the attributes tell. */
function checkShapes(operation: string, got: readonly Shape[], expected: readonly Shape[]): void {
  for (const [which, shape] of expected.entries()) {
    if (sameShape(got[which], shape)) continue;
    throw new RangeError(
      `${operation}: operand ${which} is ${formatShape(got[which])}, but must be ${formatShape(shape)}.`,
    );
  }
}

const resize = ({ window, shape }: DepthwiseAttributes, rows: number) => ({ window, shape: shape.with(0, rows) });
const byExample = shardRows<DepthwiseAttributes>(['rows', 'whole'], resize);

/** Images [batch, height, width, channels] with one kernel a channel, [height, width, channels]. */
export const depthwiseConv2dDefinition: OperationDefinition<DepthwiseAttributes> = {
  name: 'depthwiseConv2d',
  kind: 'anchor',
  exact: false,
  shard: byExample,
  infer([x, weight], attributes) {
    const { images, kernels, result } = shapesOf('depthwiseConv2d', attributes);
    checkShapes('depthwiseConv2d', [x.shape, weight.shape], [images, kernels]);
    return [float32(result)];
  },
  gradient: ({ inputs: [x, weight], gradient, attributes }) => [
    apply(depthwiseTransposeDefinition, [gradient, weight], attributes),
    apply(depthwiseCorrelationDefinition, [x, gradient], attributes),
  ],
  reference({ inputs: [x, weight], outputs: [out], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(attributes, (i, w, o) => {
      total[o] += x[i] * weight[w];
    });
    out.set(total);
  },
};

/** The adjoint of depthwiseConv2d in its images: what a gradient in its result means for them. */
export const depthwiseTransposeDefinition: OperationDefinition<DepthwiseAttributes> = {
  name: 'depthwiseTranspose',
  kind: 'anchor',
  exact: false,
  shard: byExample,
  infer([g, weight], attributes) {
    const { images, kernels, result } = shapesOf('depthwiseTranspose', attributes);
    checkShapes('depthwiseTranspose', [g.shape, weight.shape], [result, kernels]);
    return [float32(images)];
  },
  gradient: ({ inputs: [g, weight], gradient, attributes }) => [
    apply(depthwiseConv2dDefinition, [gradient, weight], attributes),
    apply(depthwiseCorrelationDefinition, [gradient, g], attributes),
  ],
  reference({ inputs: [g, weight], outputs: [out], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(attributes, (i, w, o) => {
      total[i] += g[o] * weight[w];
    });
    out.set(total);
  },
};

/** The adjoint of depthwiseConv2d in its kernels: a sum over examples. */
export const depthwiseCorrelationDefinition: OperationDefinition<DepthwiseAttributes> = {
  name: 'depthwiseCorrelation',
  kind: 'alone',
  exact: false,
  shard({ shardings, attributes }) {
    const rows = onlySharding(shardings);
    if (rows?.axis !== 0) return undefined;
    return {
      operands: [rows, rows],
      result: 'sum',
      resize: (examples) => resize(attributes, examples * rows.factor),
    };
  },
  infer([x, g], attributes) {
    const { images, kernels, result } = shapesOf('depthwiseCorrelation', attributes);
    checkShapes('depthwiseCorrelation', [x.shape, g.shape], [images, result]);
    return [float32(kernels)];
  },
  gradient: ({ inputs: [x, g], gradient, attributes }) => [
    apply(depthwiseTransposeDefinition, [g, gradient], attributes),
    apply(depthwiseConv2dDefinition, [x, gradient], attributes),
  ],
  reference({ inputs: [x, g], outputs: [out], attributes }) {
    const total = new Float64Array(out.length);
    forEachProduct(attributes, (i, w, o) => {
      total[w] += x[i] * g[o];
    });
    out.set(total);
  },
};

/** Several kernels a channel are one kernel for each copy of it. */
export function depthwise(x: Tensor, weight: Tensor, window: Window): Tensor {
  const [height, width, channels, multiplier] = weight.shape;
  const shape = x.shape.with(3, channels * multiplier);
  const copies =
    multiplier === 1 ? x : reshape(broadcastTo(reshape(x, [...x.shape, 1]), [...x.shape, multiplier]), shape);
  const kernels = reshape(weight, [height, width, channels * multiplier]);
  return apply(depthwiseConv2dDefinition, [copies, kernels], { window, shape });
}

/** Options of a depthwise convolution, as Keras names them. */
export interface DepthwiseConv2dOptions {
  /** Pixels from one position of the kernels to the next. Default 1. */
  readonly strides?: Pair;
  /** Pixels from one tap of the kernels to the next. Default 1. */
  readonly dilation?: Pair;
  /** Default `valid`. */
  readonly padding?: Padding;
}

/**
 * Convolution of each channel with kernels of its own; channels do not mix.
 *
 * @param x      images [batch, height, width, channels]
 * @param weight kernels [height, width, channels, multiplier], as Keras lays them out
 * @returns [batch, rows, columns, channels * multiplier]; results of one channel stand side by side
 * @throws RangeError where channels or sizes do not fit
 * @example
 * const images = randomNormal([2, 8, 8, 4], { seed: 1 });
 * depthwiseConv2d(images, ones([3, 3, 4, 2]), { padding: 'same' }).shape; // [2, 8, 8, 8]
 */
export function depthwiseConv2d(x: Tensor, weight: Tensor, options: DepthwiseConv2dOptions = {}): Tensor {
  checkTensors('depthwiseConv2d', 'the operands', [x, weight]);
  checkKnownOptions('depthwiseConv2d', options, ['strides', 'dilation', 'padding']);
  const { strides = 1, dilation = 1, padding = 'valid' } = options;
  if (x.shape.length !== 4 || weight.shape.length !== 4 || x.shape[3] !== weight.shape[2]) {
    throw new RangeError(
      'depthwiseConv2d: expected an input [batch, height, width, channels] and a weight [height, width, channels, ' +
        `multiplier] of as many channels, got ${formatShape(x.shape)} and ${formatShape(weight.shape)}.`,
    );
  }
  const size = pairOf('depthwiseConv2d', 'the size of the kernels', [weight.shape[0], weight.shape[1]]);
  return depthwise(x, weight, resolveWindow('depthwiseConv2d', x.shape, size, strides, dilation, padding));
}
