import { broadcastTo, type ReductionOptions, reduce, sum, sumDefinition } from '../operations/broadcast.js';
import { scalar } from '../operations/constant.js';
import { abs, add, equal, exp, log, mul, neg, sqrt, sub, where } from '../operations/elementwise.js';
import { maxDefinition } from '../operations/reductions.js';
import { reshape } from '../operations/reshape.js';
import { concatenate, sliceAlong } from '../operations/slice.js';
import { stopGradient } from '../operations/stop-gradient.js';
import { checkTensor } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, normaliseAxes } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { less, square } from './arithmetic.js';

type Axes = number | readonly number[] | undefined;

function meanOf(name: string, x: Tensor, axes: Axes, options?: ReductionOptions): Tensor {
  const total = reduce(sumDefinition, x, axes, options, name);
  return mul(total, total.size / x.size);
}

/** A reduction whose axes are still there with length 1, as its options say. */
function withoutAxes(name: string, x: Tensor, axes: Axes, { keepDims = false }: ReductionOptions): Tensor {
  if (keepDims) return x;
  const reduced = normaliseAxes(name, axes, x.shape.length);
  return reshape(
    x,
    x.shape.filter((_, axis) => !reduced.includes(axis)),
  );
}

/**
 * Mean over axes; over all where none is named.
 *
 * @example
 * mean(tensor([[1, 2], [3, 6]]), 0); // [2, 4]
 */
export function mean(x: Tensor, axes?: number | readonly number[], options?: ReductionOptions): Tensor {
  return meanOf('mean', x, axes, options);
}

/**
 * Smallest element over axes; over all where none is named. NaN if there is one. The gradient is shared evenly among
 * ties.
 *
 * @throws RangeError if an axis does not exist or is empty
 * @example
 * min(tensor([[1, 2], [3, 0]]), 1); // [1, 0]
 */
export function min(x: Tensor, axes?: number | readonly number[], options?: ReductionOptions): Tensor {
  checkTensor('min', x);
  if (normaliseAxes('min', axes, x.shape.length).some((axis) => x.shape[axis] === 0)) {
    throw new RangeError(`min: an axis of shape ${formatShape(x.shape)} is empty: there is no smallest element.`);
  }
  return neg(reduce(maxDefinition, neg(x), axes, options, 'min'));
}

/**
 * Mean of the squared distances from the mean, over axes; over all where none is named. It divides by the number of
 * elements, as NumPy and Keras do.
 *
 * @example
 * variance(tensor([1, 2, 3, 4])); // 1.25
 */
export function variance(x: Tensor, axes?: number | readonly number[], options?: ReductionOptions): Tensor {
  return varianceOf('variance', x, axes, options);
}

function varianceOf(name: string, x: Tensor, axes: Axes, options?: ReductionOptions): Tensor {
  const center = meanOf(name, x, axes, { keepDims: true });
  return meanOf(name, square(sub(x, center)), axes, options);
}

/**
 * Square root of the variance. Where all elements are equal its gradient is NaN: add a small number to `variance`.
 *
 * @example
 * std(tensor([1, 3])); // 1
 */
export function std(x: Tensor, axes?: number | readonly number[], options?: ReductionOptions): Tensor {
  return sqrt(varianceOf('std', x, axes, options));
}

/**
 * Product over axes; over all where none is named, 1 of nothing. Its gradient is right where elements are 0, too.
 *
 * @example
 * prod(tensor([2, 3, 4])); // 24
 */
export function prod(x: Tensor, axes?: number | readonly number[], options: ReductionOptions = {}): Tensor {
  checkTensor('prod', x);
  checkKnownOptions('prod', options, ['keepDims']);
  return withoutAxes('prod', normaliseAxes('prod', axes, x.shape.length).reduce(productAlong, x), axes, options);
}

/** Multiplies the halves of an axis with each other until there is one element. */
function productAlong(x: Tensor, axis: number): Tensor {
  const length = x.shape[axis];
  if (length === 0) return broadcastTo(scalar(1), x.shape.with(axis, 1));
  if (length === 1) return x;
  const half = Math.floor(length / 2);
  const pairs = mul(sliceAlong(x, axis, 0, half), sliceAlong(x, axis, half, half));
  return productAlong(length % 2 === 0 ? pairs : concatenate([pairs, sliceAlong(x, axis, length - 1, 1)], axis), axis);
}

/**
 * log(sum(exp(x))) over axes, without overflow; over all where none is named. -Infinity where all elements are, with a
 * gradient of zero there.
 *
 * @example
 * logSumExp(tensor([1000, 1000])); // 1000.6931
 */
export function logSumExp(x: Tensor, axes?: number | readonly number[], options: ReductionOptions = {}): Tensor {
  checkKnownOptions('logSumExp', options, ['keepDims']);
  const largest = stopGradient(reduce(maxDefinition, x, axes, { keepDims: true }, 'logSumExp'));
  const shift = where(less(abs(largest), Infinity), largest, 0);
  const total = sum(exp(sub(x, shift)), axes, { keepDims: true });
  const isZero = equal(total, 0);
  const result = add(where(isZero, -Infinity, log(where(isZero, 1, total))), shift);
  return withoutAxes('logSumExp', result, axes, options);
}
