import { add } from '../operations/elementwise.js';
import { reshape } from '../operations/reshape.js';
import { padded, sliceAlong } from '../operations/slice.js';
import { checkTensor } from '../tensor/describe.js';
import { normaliseAxis } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * Sums of the elements up to each, along an axis; over all in row-major order where none is named.
 *
 * Sums of 1, 2, 4, ... neighbours are added to those as many places before them (Hillis and Steele 1986). So each sum
 * has log2(length) roundings on its way, and what is infinite or NaN stays out of the sums before it, which a product
 * with a triangle of ones would not give.
 *
 * @throws RangeError if the axis does not exist
 * @example
 * cumsum(tensor([1, 2, 3])); // [1, 3, 6]
 */
export function cumsum(x: Tensor, axis?: number): Tensor {
  checkTensor('cumsum', x);
  if (axis === undefined) return reshape(cumsum(reshape(x, [x.size]), 0), x.shape);
  const at = normaliseAxis('cumsum', axis, x.shape.length);
  const length = x.shape[at];
  let total = x;
  for (let by = 1; by < length; by *= 2) {
    const none = x.shape.map(() => 0);
    const earlier = sliceAlong(total, at, 0, length - by);
    total = add(total, padded(earlier, { before: none.with(at, by), after: none, interior: none }));
  }
  return total;
}
