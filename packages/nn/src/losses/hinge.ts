import { add, equal, max, mul, relu, square, sub, sum, type Tensor, where } from '@weft/core';
import type { Loss } from './losses.js';
import { meanOfExamples, targetLike, vectorsLike } from './shapes.js';

/** How far t p stays below 1, with t of -1 and 1; 0 stands for -1. */
function shortfall(name: string, prediction: Tensor, target: Tensor): Tensor {
  const t = targetLike(name, prediction, target);
  return relu(sub(1, mul(where(equal(t, 0), -1, t), prediction)));
}

/**
 * Mean of max(1 - t p, 0).
 *
 * @param prediction [batch, ...]
 * @param target     the same shape, of -1 and 1, or of 0 and 1
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * hinge(tensor([[0.5, -2]]), tensor([[1, -1]])); // [0.25]
 */
export const hinge: Loss = (prediction, target) => meanOfExamples(shortfall('hinge', prediction, target));

/**
 * Mean of max(1 - t p, 0)^2; prediction and target as for `hinge`.
 *
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * squaredHinge(tensor([[0.5, -2]]), tensor([[1, -1]])); // [0.125]
 */
export const squaredHinge: Loss = (prediction, target) =>
  meanOfExamples(square(shortfall('squaredHinge', prediction, target)));

/**
 * max(1 + largest of the other classes' scores - score of the target's class, 0).
 *
 * @param prediction scores [batch, ..., classes]
 * @param target     the same shape, one-hot
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * categoricalHinge(tensor([[0.5, 2, 1]]), tensor([[0, 1, 0]])); // [0]
 */
export const categoricalHinge: Loss = (prediction, target) => {
  const t = vectorsLike('categoricalHinge', prediction, target);
  const [own, others] = [sum(mul(t, prediction), -1), max(mul(sub(1, t), prediction), -1)];
  return meanOfExamples(relu(add(sub(others, own), 1)));
};
