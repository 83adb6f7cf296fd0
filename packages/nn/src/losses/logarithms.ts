import {
  add,
  clip,
  div,
  exp,
  greaterEqual,
  log,
  logSoftmax,
  maximum,
  mul,
  neg,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@weft/core';
import { logitsOf } from '../layers/activations.js';

/** Keras's `epsilon()`: probabilities are kept this far from 0 and 1, where the logarithm has no value. */
export const EPSILON = 1e-7;

/** max(z, 0) - z t + ln(1 + e^-|z|), which overflows nowhere, and whose gradient is sigmoid(z) - t everywhere. */
export function binaryOfLogits(z: Tensor, target: Tensor): Tensor {
  // Written with `where`, whose gradients at 0 come from one side, so that they add up to 1/2 - t there, too.
  const isPositive = greaterEqual(z, 0);
  const distance = where(isPositive, z, neg(z));
  return add(sub(where(isPositive, z, 0), mul(z, target)), log(add(exp(neg(distance)), 1)));
}

/** -t ln p - (1 - t) ln(1 - p), with p clipped. */
export function binaryOfProbabilities(prediction: Tensor, target: Tensor): Tensor {
  const p = clip(prediction, EPSILON, 1 - EPSILON);
  return neg(add(mul(target, log(p)), mul(sub(1, target), log(sub(1, p)))));
}

/** What went into the softmax that gave a prediction; undefined if another operation gave it. */
export function softmaxLogits(prediction: Tensor, fromLogits: boolean): Tensor | undefined {
  const z = fromLogits ? prediction : logitsOf(prediction, 'softmax');
  const classes = prediction.shape[prediction.shape.length - 1];
  return z && z.shape[z.shape.length - 1] === classes ? reshape(z, prediction.shape) : undefined;
}

/** Probabilities [..., classes], divided by their sum and clipped. */
export function clippedShares(prediction: Tensor): Tensor {
  return clip(div(prediction, sum(prediction, -1, { keepDims: true })), EPSILON, 1 - EPSILON);
}

/** Logarithms of probabilities [..., classes]: of logits where these are known. */
export function logProbabilities(prediction: Tensor, fromLogits: boolean): Tensor {
  const z = softmaxLogits(prediction, fromLogits);
  return z ? logSoftmax(z) : log(clippedShares(prediction));
}

/** x^exponent for x from 0, with a finite gradient at 0. */
export function powerOf(x: Tensor, exponent: number): Tensor {
  if (exponent === 1) return x;
  if (exponent === 2) return square(x);
  return exp(mul(log(maximum(x, 1e-30)), exponent));
}
