import { checkTensor } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, normaliseAxes } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type ReductionOptions, reduce, sum } from './broadcast.js';
import { cast } from './cast.js';
import { abs, add, equal, exp, less, log, maximum, neg, sub, where } from './elementwise.js';
import { iota } from './iota.js';
import { max, maxDefinition } from './reductions.js';
import { reshape } from './reshape.js';
import { stopGradient } from './stop-gradient.js';

/**
 * Where the largest element along an axis is, as int32: the first of equal ones; the first NaN if there is one, as in
 * NumPy. It has no gradient.
 *
 * @throws RangeError if the axis does not exist, is empty, or has more than 2^24 elements
 */
export function argMax(x: Tensor, axis = -1): Tensor {
  checkTensor('argMax', x);
  const [along] = normaliseAxes('argMax', axis, x.shape.length);
  const length = x.shape[along];
  if (length === 0) throw new RangeError(`argMax: axis ${axis} of ${formatShape(x.shape)} is empty.`);
  const largest = max(x, along, { keepDims: true });
  // Where there is a NaN, the largest is NaN, which nothing equals: then those that do not equal themselves are meant.
  const isLargest = maximum(equal(x, largest), sub(1, equal(x, x)));
  const places = reshape(
    iota('argMax', length),
    x.shape.map((_, at) => (at === along ? length : 1)),
  );
  // The first place has the largest negative number.
  return cast(neg(max(where(isLargest, neg(places), -Infinity), along)), 'int32');
}

/**
 * 1 at the place that a number names along a new last axis, else 0; all zeros for a number that is no place.
 *
 * @param x     whole numbers in any storage
 * @param depth length of the new axis
 */
export function oneHot(x: Tensor, depth: number): Tensor {
  checkTensor('oneHot', x);
  const places = iota('oneHot', depth);
  return equal(reshape(cast(x, 'float32'), [...x.shape, 1]), places);
}

/**
 * log(sum(exp(x))) over axes, without overflow; over all where none is named. -Infinity where all elements are, with a
 * gradient of zero there.
 */
export function logSumExp(x: Tensor, axes?: number | readonly number[], options: ReductionOptions = {}): Tensor {
  checkKnownOptions('logSumExp', options, ['keepDims']);
  const largest = stopGradient(reduce(maxDefinition, x, axes, { keepDims: true }, 'logSumExp'));
  const shift = where(less(abs(largest), Infinity), largest, 0);
  const total = sum(exp(sub(x, shift)), axes, { keepDims: true });
  const isZero = equal(total, 0);
  const result = add(where(isZero, -Infinity, log(where(isZero, 1, total))), shift);
  if (options.keepDims) return result;
  const reduced = normaliseAxes('logSumExp', axes, x.shape.length);
  return reshape(
    result,
    x.shape.filter((_, axis) => !reduced.includes(axis)),
  );
}
