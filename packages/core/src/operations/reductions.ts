import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import {
  forEachOffset,
  type ReductionOptions,
  reduce,
  reducedShape,
  reductionStrides,
  restore,
  sum,
} from './broadcast.js';
import { float32, type OperationDefinition } from './definition.js';
import { div, equal, mul } from './elementwise.js';
import { shardReduction } from './sharding.js';

export const maxDefinition: OperationDefinition<{ axes: readonly number[] }> = {
  name: 'max',
  kind: 'reduction',
  exact: true,
  shard: shardReduction('max'),
  infer([x], { axes }) {
    if (axes.some((axis) => x.shape[axis] === 0)) {
      throw new RangeError(`max: an axis of shape ${formatShape(x.shape)} is empty: there is no largest element.`);
    }
    return [float32(reducedShape(x.shape, axes))];
  },
  /** Shared evenly among equal largest elements, as NumPy-like libraries do. */
  gradient({ inputs: [x], output, gradient, attributes: { axes } }) {
    const largest = equal(x, restore(output, x.shape, axes));
    const share = div(gradient, sum(largest, axes));
    return [mul(largest, restore(share, x.shape, axes))];
  },
  reference({ inputs: [x], outputs: [out], inputTypes: [type], attributes }) {
    out.fill(-Infinity);
    forEachOffset(type.shape, reductionStrides(type.shape, attributes.axes), (index, offset) => {
      out[offset] = Math.max(out[offset], x[index]);
    });
  },
};

/**
 * Largest element over axes; over all where none is named. The gradient is shared evenly among ties.
 *
 * @example
 * max(tensor([[1, 2], [3, 0]]), 1); // [2, 3]
 */
export function max(x: Tensor, axes?: number | readonly number[], options?: ReductionOptions): Tensor {
  return reduce(maxDefinition, x, axes, options);
}
