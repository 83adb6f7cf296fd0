import { checkTensor } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import {
  checkShape,
  formatShape,
  normaliseAxes,
  rowMajorStrides,
  type Shape,
  sameShape,
  sizeOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { reshape } from './reshape.js';
import { resized, shardReduction } from './sharding.js';

/**
 * Strides that walk a tensor of one shape as if it had been broadcast to another: 0 along repeated axes.
 * Axes are aligned at the last.
 */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = rowMajorStrides(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

/** Calls visit(linear index, strided offset) for every element of a shape in row-major order. */
export function forEachOffset(
  shape: Shape,
  strides: readonly number[],
  visit: (index: number, offset: number) => void,
): void {
  const position = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  let offset = 0;
  for (let index = 0; index < size; index++) {
    visit(index, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis]++;
      offset += strides[axis];
      if (position[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
}

export const broadcastDefinition: OperationDefinition<{ shape: Shape }> = {
  name: 'broadcast',
  kind: 'view',
  exact: true,
  takes: 'words',
  infer([x], { shape }) {
    const missing = shape.length - x.shape.length;
    if (missing < 0 || !x.shape.every((length, axis) => length === 1 || length === shape[axis + missing])) {
      throw new RangeError(`broadcastTo: shape ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}.`);
    }
    return [{ ...x, shape }];
  },
  shard: ({ inputs: [{ shape: from }], attributes: { shape }, shardings: [x] }) => {
    const axis = x && x.axis + shape.length - from.length;
    // One example that is repeated along its own axis meets itself.
    if (!x || axis === undefined || shape[axis] !== from[x.axis]) return undefined;
    const result = { axis, factor: x.factor };
    return { operands: [x], result, resize: (examples) => ({ shape: resized(shape, result, examples) }) };
  },
  gradient({ inputs: [x], gradient }) {
    const missing = gradient.shape.length - x.shape.length;
    const repeated = gradient.shape
      .map((_, axis) => axis)
      .filter((axis) => axis < missing || (x.shape[axis - missing] === 1 && gradient.shape[axis] !== 1));
    return [reshape(sum(gradient, repeated), x.shape)];
  },
  reference({ inputs: [x], outputs: [out], inputTypes: [type], attributes }) {
    forEachOffset(attributes.shape, broadcastStrides(type.shape, attributes.shape), (index, offset) => {
      out[index] = x[offset];
    });
  },
};

/** @internal The strides of the output of a reduction, walked in the order of its input. */
export function reductionStrides(shape: Shape, axes: readonly number[]): number[] {
  return broadcastStrides(
    shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    shape,
  );
}

/** @internal */
export function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

export const sumDefinition: OperationDefinition<{ axes: readonly number[] }> = {
  name: 'sum',
  kind: 'reduction',
  // In which order numbers are added is the kernel's affair.
  exact: false,
  linear: 'jointly',
  infer: ([x], { axes }) => [float32(reducedShape(x.shape, axes))],
  shard: shardReduction('sum'),
  gradient: ({ inputs: [x], gradient, attributes }) => [restore(gradient, x.shape, attributes.axes)],
  reference({ inputs: [x], outputs: [out], inputTypes: [type], attributes }) {
    const total = new Float64Array(out.length);
    forEachOffset(type.shape, reductionStrides(type.shape, attributes.axes), (index, offset) => {
      total[offset] += x[index];
    });
    out.set(total);
  },
};

/** Repeats a reduced tensor along the axes that were summed away. */
export function restore(x: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return broadcastTo(reshape(x, kept), shape);
}

/**
 * Repeats a tensor to a shape, by NumPy's rule.
 *
 * @throws RangeError if the shapes do not fit
 * @example
 * broadcastTo(tensor([1, 2]), [2, 2]); // [[1, 2], [1, 2]]
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor('broadcastTo', x);
  checkShape('broadcastTo', shape);
  return sameShape(x.shape, shape) ? x : apply(broadcastDefinition, [x], { shape });
}

/** Options of the reductions. */
export interface ReductionOptions {
  /** Whether the axes reduced stay, with length 1. Default false. */
  readonly keepDims?: boolean;
}

/** @internal `name` is what errors speak of. */
export function reduce(
  definition: OperationDefinition<{ axes: readonly number[] }>,
  x: Tensor,
  axes: number | readonly number[] | undefined,
  options: ReductionOptions = {},
  name = definition.name,
): Tensor {
  checkTensor(name, x);
  checkKnownOptions(name, options, ['keepDims']);
  const { keepDims = false } = options;
  const normalised = normaliseAxes(name, axes, x.shape.length);
  const result = normalised.length === 0 ? x : apply(definition, [x], { axes: normalised });
  const kept = x.shape.map((length, axis) => (normalised.includes(axis) ? 1 : length));
  return keepDims ? reshape(result, kept) : result;
}

/**
 * Sum over axes; over all where none is named.
 *
 * @example
 * sum(tensor([[1, 2], [3, 4]]), 0); // [4, 6]
 */
export function sum(x: Tensor, axes?: number | readonly number[], options?: ReductionOptions): Tensor {
  return reduce(sumDefinition, x, axes, options);
}
