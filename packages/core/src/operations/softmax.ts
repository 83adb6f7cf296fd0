import { checkTensor } from '../tensor/describe.js';
import { formatShape, normaliseAxis } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { sum } from './broadcast.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { exp, mul, sub } from './elementwise.js';
import { transpose } from './reshape.js';
import type { ShardRule } from './sharding.js';

type NoAttributes = Record<string, never>;

/** Rows are computed one by one: whatever axis but the last may be cut. */
const shardOuter: ShardRule<NoAttributes> = ({ inputs: [{ shape }], shardings: [x] }) =>
  x && x.axis < shape.length - 1 ? { operands: [x], result: x } : undefined;

/**
 * An operation on the rows along the last axis.
 *
 * @param finish the result of an element, of its distance from the row's largest and the sum of the row's powers
 */
function ofRows(
  name: string,
  finish: (distance: number, total: number) => number,
  gradient: (y: Tensor, g: Tensor) => Tensor,
): OperationDefinition<NoAttributes> {
  return {
    name,
    kind: 'alone',
    exact: false,
    shard: shardOuter,
    infer([{ shape }]) {
      if (shape.length === 0 || shape[shape.length - 1] === 0) {
        throw new RangeError(`${name}: the axis of ${formatShape(shape)} is empty. It needs at least one element.`);
      }
      return [float32(shape)];
    },
    gradient: ({ output, gradient: g }) => [gradient(output, g)],
    reference({ inputs: [x], outputs: [out], inputTypes: [{ shape }] }) {
      const length = shape[shape.length - 1];
      for (let from = 0; from < x.length; from += length) {
        const row = Float64Array.from(x.subarray(from, from + length));
        const largest = row.reduce((most, value) => Math.max(most, value));
        const total = row.reduce((before, value) => before + Math.exp(value - largest), 0);
        out.set(
          row.map((value) => finish(value - largest, total)),
          from,
        );
      }
    },
  };
}

export const softmaxDefinition: OperationDefinition<NoAttributes> = ofRows(
  'softmax',
  (distance, total) => Math.exp(distance) / total,
  (y, g) => mul(y, sub(g, sum(mul(g, y), -1, { keepDims: true }))),
);

export const logSoftmaxDefinition: OperationDefinition<NoAttributes> = ofRows(
  'logSoftmax',
  (distance, total) => distance - Math.log(total),
  (y, g) => sub(g, mul(exp(y), sum(g, -1, { keepDims: true }))),
);

/** Applies an operation on rows along any axis. */
function along(definition: OperationDefinition<NoAttributes>, x: Tensor, axis: number): Tensor {
  checkTensor(definition.name, x);
  const last = x.shape.length - 1;
  const at = normaliseAxis(definition.name, axis, x.shape.length);
  // Exchanging two axes is its own inverse.
  const exchanged = x.shape.map((_, which) => (which === at ? last : which === last ? at : which));
  return transpose(apply(definition, [transpose(x, exchanged)], {}), exchanged);
}

/**
 * e^x over its sum along an axis: positive numbers that add up to 1. The row's largest element is subtracted first, so
 * that nothing overflows. Rows of -Infinity alone are NaN.
 *
 * @param axis default -1; along others the tensor is transposed
 * @throws RangeError if the axis does not exist or is empty
 * @example
 * softmax(tensor([[0, Math.log(3)]])); // [[0.25, 0.75]]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return along(softmaxDefinition, x, axis);
}

/**
 * The logarithm of `softmax`, x - log(sum(e^x)), also where the softmax is too small for float32.
 *
 * @param axis default -1; along others the tensor is transposed
 * @throws RangeError if the axis does not exist or is empty
 * @example
 * logSoftmax(tensor([0, 1000])); // [-1000, 0]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return along(logSoftmaxDefinition, x, axis);
}
