import { cast } from '../operations/cast.js';
import { equal, maximum, neg, sub, where } from '../operations/elementwise.js';
import { iota } from '../operations/iota.js';
import { max } from '../operations/reductions.js';
import { reshape } from '../operations/reshape.js';
import { checkTensor } from '../tensor/describe.js';
import { formatShape, normaliseAxis } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** The numbers from 0 along one of `rank` axes. */
function places(operation: string, length: number, axis: number, rank: number): Tensor {
  return reshape(iota(operation, length), new Array<number>(rank).fill(1).with(axis, length));
}

/**
 * Where the largest element along an axis is, as int32: the first of equal ones; the first NaN if there is one, as in
 * NumPy. It has no gradient.
 *
 * @throws RangeError if the axis does not exist, is empty, or has more than 2^24 elements
 * @example
 * argMax(tensor([[1, 3, 2], [9, 0, 0]])); // [1, 0]
 */
export function argMax(x: Tensor, axis = -1): Tensor {
  checkTensor('argMax', x);
  const along = normaliseAxis('argMax', axis, x.shape.length);
  const length = x.shape[along];
  if (length === 0) throw new RangeError(`argMax: axis ${axis} of ${formatShape(x.shape)} is empty.`);
  const largest = max(x, along, { keepDims: true });
  // Where there is a NaN, the largest is NaN, which nothing equals: then those that do not equal themselves are meant.
  const isLargest = maximum(equal(x, largest), sub(1, equal(x, x)));
  // The first place has the largest negative number.
  const before = neg(places('argMax', length, along, x.shape.length));
  return cast(neg(max(where(isLargest, before, -Infinity), along)), 'int32');
}

/**
 * 1 at the place that a number names along a new axis, else 0; all zeros for a number that is no place.
 *
 * @param x     whole numbers in any storage
 * @param depth length of the new axis
 * @param axis  where the new axis stands in the result; default the last
 * @throws RangeError if the result has no such axis
 * @example
 * oneHot(tensor(Int32Array.of(2, 0)), 3); // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(x: Tensor, depth: number, axis = -1): Tensor {
  checkTensor('oneHot', x);
  const rank = x.shape.length + 1;
  const at = normaliseAxis('oneHot', axis, rank);
  return equal(reshape(cast(x, 'float32'), x.shape.toSpliced(at, 0, 1)), places('oneHot', depth, at, rank));
}
