import type { Tensor } from '@weft/core';
import { add, equal, exp, log, max, mean, mul, reshape, sub, sum, tensor, where } from '@weft/core';
import { checkTensor, formatShape, sameShape } from '@weft/core/program';

/**
 * Checks what a loss or a metric is given, element for element.
 *
 * @throws RangeError if the shapes differ or have no batch; TypeError if one is no tensor
 */
export function checkSameShapes(name: string, prediction: Tensor, target: Tensor): void {
  checkTensor(name, prediction, 'a tensor as prediction');
  checkTensor(name, target, 'a tensor as target');
  if (!sameShape(prediction.shape, target.shape)) {
    throw new RangeError(
      `${name}: the prediction is ${formatShape(prediction.shape)} but the target ${formatShape(target.shape)}. ` +
        'They must have the same shape.',
    );
  }
  checkBatch(name, prediction);
}

/** @throws RangeError if there is no first axis for the batch */
function checkBatch(name: string, prediction: Tensor): void {
  if (prediction.shape.length > 0) return;
  throw new RangeError(`${name}: the prediction is a single number without a batch. Give [batch, ...].`);
}

/** A target as float32: labels may be whole numbers. */
export function asFloat(target: Tensor): Tensor {
  return target;
}

/** The mean of each example's elements: [batch, ...] gives [batch]. */
export function meanOfExamples(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(1);
  return axes.length === 0 ? x : mean(x, axes);
}

/** [..., classes] of 0, 1, ... for each class. */
function classes(count: number): Tensor {
  return tensor(Array.from({ length: count }, (_, which) => which));
}

/**
 * Labels [batch, ...] or [batch, ..., 1] for predictions [batch, ..., classes], as [batch, ...].
 *
 * @throws RangeError if they do not fit
 */
export function labelsFor(name: string, prediction: Tensor, target: Tensor): Tensor {
  checkTensor(name, prediction, 'a tensor as prediction');
  checkTensor(name, target, 'a tensor as target');
  const places = prediction.shape.slice(0, -1);
  const isFit = sameShape(target.shape, places) || sameShape(target.shape, [...places, 1]);
  if (prediction.shape.length < 2 || !isFit) {
    throw new RangeError(
      `${name}: the prediction is ${formatShape(prediction.shape)} but the target ${formatShape(target.shape)}. ` +
        'The prediction must be [batch, ..., classes], the target whole numbers [batch, ...] or [batch, ..., 1].',
    );
  }
  return reshape(asFloat(target), places);
}

/** 1 at each label's class, else 0: [...] gives [..., classes]. */
export function oneHot(labels: Tensor, count: number): Tensor {
  return equal(reshape(labels, [...labels.shape, 1]), classes(count));
}

/** The first of the largest elements along the last axis: [..., classes] gives [...]. */
export function argMaxLast(x: Tensor): Tensor {
  const count = x.shape[x.shape.length - 1];
  const isLargest = equal(x, max(x, -1, { keepDims: true }));
  // Among the largest, the one that is furthest from the end.
  const fromEnd = max(where(isLargest, sub(count - 1, classes(count)), -1), -1);
  return sub(count - 1, fromEnd);
}

/** ln of the sum of e^x along the last axis, which stays with length 1. */
export function logSumExpLast(x: Tensor): Tensor {
  const shift = max(x, -1, { keepDims: true });
  return add(log(sum(exp(sub(x, shift)), -1, { keepDims: true })), shift);
}

/** Sum along the last axis of weights times values; values of weight 0 do not count, even if they are infinite. */
export function weightedLast(weights: Tensor, values: Tensor): Tensor {
  return sum(where(weights, mul(weights, values), 0), -1);
}
