import { checkTensor } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, type Shape, sameShape, type ValueType } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardRows } from './sharding.js';
import { type Padding, type Pair, pairOf, resolveWindow, type Window, windowPositions } from './window.js';

/** A window over `shape`, the images that are pooled. */
export interface PoolAttributes extends Attributes {
  readonly window: Window;
  readonly shape: Shape;
}

/** Calls visit(output offset, input offset, place in the window) for every pixel under every window. */
function forEachPixel(
  { window, shape: [batch, height, width, channels] }: PoolAttributes,
  visit: (output: number, input: number, place: number) => void,
): void {
  const [rows, columns] = windowPositions('pool', [batch, height, width, channels], window);
  for (let output = 0; output < batch * rows * columns * channels; output++) {
    const c = output % channels;
    const column = Math.floor(output / channels) % columns;
    const row = Math.floor(output / (channels * columns)) % rows;
    const n = Math.floor(output / (channels * columns * rows));
    for (let place = 0; place < window.size[0] * window.size[1]; place++) {
      const h = row * window.strides[0] + Math.floor(place / window.size[1]) - window.padding[0][0];
      const w = column * window.strides[1] + (place % window.size[1]) - window.padding[1][0];
      if (h < 0 || h >= height || w < 0 || w >= width) continue;
      visit(output, ((n * height + h) * width + w) * channels + c, place);
    }
  }
}

function pooledShape(operation: string, { window, shape }: PoolAttributes): Shape {
  const [rows, columns] = windowPositions(operation, shape, window);
  return [shape[0], rows, columns, shape[3]];
}

/** Refuses operands of other shapes than the attributes tell. */
function checkShapes(operation: string, inputs: readonly ValueType[], shapes: readonly Shape[]): void {
  for (const [which, shape] of shapes.entries()) {
    const got = inputs[which]?.shape;
    if (got && sameShape(got, shape)) continue;
    const found = got ? formatShape(got) : 'nothing';
    throw new RangeError(`${operation}: operand ${which} is ${found}, but must be ${formatShape(shape)}.`);
  }
}

/** Images are pooled one by one. */
const images = (count: number) =>
  shardRows<PoolAttributes>(new Array<'rows'>(count).fill('rows'), ({ window, shape }, rows) => ({
    window,
    shape: shape.with(0, rows),
  }));

/** The largest pixel under each window; NaN if there is one. */
export const maxPool2dDefinition: OperationDefinition<PoolAttributes> = {
  name: 'maxPool2d',
  kind: 'anchor',
  exact: true,
  shard: images(1),
  infer(inputs, attributes) {
    const pooled = pooledShape('maxPool2d', attributes);
    checkShapes('maxPool2d', inputs, [attributes.shape]);
    return [float32(pooled)];
  },
  gradient: ({ inputs: [x], gradient, attributes }) => [
    apply(maxUnpool2dDefinition, [gradient, apply(maxPool2dPlaceDefinition, [x], attributes)], attributes),
  ],
  reference({ inputs: [x], outputs: [out], attributes }) {
    out.fill(-Infinity);
    forEachPixel(attributes, (output, input) => {
      out[output] = Math.max(out[output], x[input]);
    });
  },
};

/** Where in its window the largest pixel stands, the first of equals, as a number from 0 in row-major order. */
export const maxPool2dPlaceDefinition: OperationDefinition<PoolAttributes> = {
  name: 'maxPool2dPlace',
  kind: 'alone',
  exact: true,
  shard: images(1),
  isConstant: true,
  infer(inputs, attributes) {
    const pooled = pooledShape('maxPool2dPlace', attributes);
    checkShapes('maxPool2dPlace', inputs, [attributes.shape]);
    return [float32(pooled)];
  },
  reference({ inputs: [x], outputs: [out], attributes }) {
    const largest = new Float64Array(out.length).fill(-Infinity);
    out.fill(-1);
    forEachPixel(attributes, (output, input, place) => {
      if (out[output] < 0 || x[input] > largest[output] || (Number.isNaN(x[input]) && !Number.isNaN(largest[output]))) {
        largest[output] = x[input];
        out[output] = place;
      }
    });
  },
};

/** Puts values back to the places they were taken from; overlapping windows add up. */
export const maxUnpool2dDefinition: OperationDefinition<PoolAttributes> = {
  name: 'maxUnpool2d',
  kind: 'alone',
  exact: false,
  shard: images(2),
  infer(inputs, attributes) {
    const pooled = pooledShape('maxUnpool2d', attributes);
    checkShapes('maxUnpool2d', inputs, [pooled, pooled]);
    return [float32(attributes.shape)];
  },
  gradient: ({ inputs: [, place], gradient, attributes }) => [
    apply(takePlaces2dDefinition, [gradient, place], attributes),
    undefined,
  ],
  reference({ inputs: [values, places], outputs: [out], attributes }) {
    const total = new Float64Array(out.length);
    forEachPixel(attributes, (output, input, place) => {
      if (places[output] === place) total[input] += values[output];
    });
    out.set(total);
  },
};

/** Takes from each window the pixel at a place: the adjoint of `maxUnpool2d`. */
export const takePlaces2dDefinition: OperationDefinition<PoolAttributes> = {
  name: 'takePlaces2d',
  kind: 'alone',
  exact: true,
  shard: images(2),
  infer(inputs, attributes) {
    const pooled = pooledShape('takePlaces2d', attributes);
    checkShapes('takePlaces2d', inputs, [attributes.shape, pooled]);
    return [float32(pooled)];
  },
  gradient: ({ inputs: [, place], gradient, attributes }) => [
    apply(maxUnpool2dDefinition, [gradient, place], attributes),
    undefined,
  ],
  reference({ inputs: [x, places], outputs: [out], attributes }) {
    out.fill(0);
    forEachPixel(attributes, (output, input, place) => {
      if (places[output] === place) out[output] = x[input];
    });
  },
};

/** Options of pooling, as Keras names them. */
export interface PoolOptions {
  /** Default: the size of the window. */
  readonly strides?: Pair;
  readonly padding?: Padding;
}

/** @internal The attributes of pooling, from options that are checked. */
export function poolAttributes(operation: string, x: Tensor, poolSize: Pair, options: PoolOptions): PoolAttributes {
  checkTensor(operation, x);
  const size = pairOf(operation, 'poolSize', poolSize);
  checkKnownOptions(operation, options, ['strides', 'padding']);
  const { strides = size, padding = 'valid' } = options;
  const window = resolveWindow(operation, x.shape, size, strides, 1, padding);
  if (window.padding.some((amounts, axis) => Math.max(...amounts) >= size[axis])) {
    throw new RangeError(
      `${operation}: with padding ${JSON.stringify(padding)} a window of ${size.join('x')} may lie outside of the image ` +
        `${formatShape(x.shape)}. Pad by less than the window's size.`,
    );
  }
  return { window, shape: x.shape };
}

/**
 * The largest pixel under each window. Its gradient goes to the first of equals.
 *
 * @param x images [batch, height, width, channels]
 * @returns [batch, rows, columns, channels]
 * @example
 * const image = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
 * maxPool2d(image); // [[[[4]]]]
 */
export function maxPool2d(x: Tensor, poolSize: Pair = 2, options: PoolOptions = {}): Tensor {
  return apply(maxPool2dDefinition, [x], poolAttributes('maxPool2d', x, poolSize, options));
}
