import type { Tensor } from '@weft/core';
import { cast, mean, mul, reshape, sum, where } from '@weft/core';
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
  return target.dtype === 'float32' ? target : cast(target, 'float32');
}

/**
 * The target as float32, for what compares it with the prediction element for element.
 *
 * @throws RangeError if the shapes differ or have no batch; TypeError if one is no tensor
 */
export function targetLike(name: string, prediction: Tensor, target: Tensor): Tensor {
  checkSameShapes(name, prediction, target);
  return asFloat(target);
}

/**
 * `targetLike`, for what adds up along the last axis.
 *
 * @throws RangeError if there is no axis behind the batch, too
 */
export function vectorsLike(name: string, prediction: Tensor, target: Tensor): Tensor {
  const wanted = targetLike(name, prediction, target);
  if (prediction.shape.length > 1) return wanted;
  throw new RangeError(
    `${name}: the prediction is ${formatShape(prediction.shape)}; expected [batch, ..., classes], a last axis to add up along.`,
  );
}

/** The mean of each example's elements: [batch, ...] gives [batch]. */
export function meanOfExamples(x: Tensor): Tensor {
  return x.shape.length < 2 ? x : mean(x, axesOfExample(x));
}

/** The sum of each example's elements: [batch, ...] gives [batch]. */
export function sumOfExamples(x: Tensor): Tensor {
  return x.shape.length < 2 ? x : sum(x, axesOfExample(x));
}

/** All axes but the first, that of the examples. */
const axesOfExample = (x: Tensor) => x.shape.map((_, axis) => axis).slice(1);

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

/** Sum along the last axis of weights times values; values of weight 0 do not count, even if they are infinite. */
export function weightedLast(weights: Tensor, values: Tensor): Tensor {
  return sum(where(weights, mul(weights, values), 0), -1);
}
