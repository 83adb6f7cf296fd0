import { add, clip, log, logSoftmax, maximum, mul, square, sub, sum } from '@weft/core';
import { EPSILON, softmaxLogits } from './logarithms.js';
import type { Loss } from './losses.js';
import { meanOfExamples, targetLike, vectorsLike } from './shapes.js';

/**
 * Kullback-Leibler divergence of the prediction from the target: the sum over the classes of t ln(t / p), in nats.
 *
 * Where the prediction is the result of the activation softmax, ln p is computed of what went into it. Otherwise
 * probabilities are clipped to [1e-7, 1], as in Keras.
 *
 * @param prediction probabilities [batch, ..., classes]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * klDivergence(tensor([[0.25, 0.75]]), tensor([[0.5, 0.5]])); // [0.144]
 */
export const klDivergence: Loss = (prediction, target) => {
  const t = clip(vectorsLike('klDivergence', prediction, target), EPSILON, 1);
  const z = softmaxLogits(prediction, false);
  const logP = z ? logSoftmax(z) : log(clip(prediction, EPSILON, 1));
  return meanOfExamples(sum(mul(t, sub(log(t), logP)), -1));
};

/**
 * Mean of p - t ln p: the negative log-likelihood of counts t from Poisson distributions of mean p, without the term
 * that does not depend on p.
 *
 * @param prediction positive numbers [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * poisson(tensor([[2, 1]]), tensor([[3, 0]])); // [0.46]
 */
export const poisson: Loss = (prediction, target) => {
  const t = targetLike('poisson', prediction, target);
  return meanOfExamples(sub(prediction, mul(t, log(add(prediction, EPSILON)))));
};

/**
 * Mean of (ln(1 + p) - ln(1 + t))^2; numbers below 1e-7 count as 1e-7, as in Keras.
 *
 * @param prediction [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * meanSquaredLogarithmicError(tensor([[0, 1]]), tensor([[0, 3]])); // [0.24]
 */
export const meanSquaredLogarithmicError: Loss = (prediction, target) => {
  const t = targetLike('meanSquaredLogarithmicError', prediction, target);
  const [ofPrediction, ofTarget] = [prediction, t].map((x) => log(add(maximum(x, EPSILON), 1)));
  return meanOfExamples(square(sub(ofPrediction, ofTarget)));
};
