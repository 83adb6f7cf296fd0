import { add, div, maximum, mul, neg, sqrt, square, sub, sum, type Tensor } from '@weft/core';
import { from0 } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';
import { EPSILON } from './logarithms.js';
import type { Loss } from './losses.js';
import { meanOfExamples, sumOfExamples, targetLike, vectorsLike } from './shapes.js';

/**
 * 1 - 2 sum(t p) / (sum(t) + sum(p) + 1e-7), the sums over all elements of an example: how little two regions overlap.
 * 1 where both are empty, as in Keras. Keras adds up over the whole batch unless `axis` is given.
 *
 * @param prediction probabilities [batch, ...]
 * @param target     the same shape, from 0 to 1
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @see Milletari, Navab & Ahmadi (2016), V-Net
 * @example
 * dice(tensor([[1, 1, 0]]), tensor([[1, 0, 0]])); // [1/3]
 */
export const dice: Loss = (prediction, target) => {
  const t = targetLike('dice', prediction, target);
  const total = add(sumOfExamples(t), sumOfExamples(prediction));
  return sub(1, div(mul(sumOfExamples(mul(t, prediction)), 2), add(total, EPSILON)));
};

const TVERSKY = {
  /** Weight of what is missed, (1 - p) t. Default 0.5. */
  alpha: [from0, 0.5],
  /** Weight of what is found in vain, p (1 - t). Default 0.5. */
  beta: [from0, 0.5],
} as const satisfies Schema;

/** Options of `tverskyWith`. */
export type TverskyOptions = OptionsOf<typeof TVERSKY>;

/**
 * `tversky` with options. alpha and beta multiply what they multiply in Keras 3's code; its documentation names them the
 * other way round.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = tverskyWith({ alpha: 0.7, beta: 0.3 });
 * loss(tensor([[1, 1, 0]]), tensor([[1, 0, 0]])); // [3/13]
 */
export function tverskyWith(options: TverskyOptions): Loss {
  const { alpha, beta } = checked('tverskyWith', options, TVERSKY);
  return function tversky(prediction, target) {
    const t = targetLike('tversky', prediction, target);
    const both = sumOfExamples(mul(t, prediction));
    const missed = sumOfExamples(mul(t, sub(1, prediction)));
    const inVain = sumOfExamples(mul(prediction, sub(1, t)));
    return sub(1, div(both, add(add(add(both, mul(missed, alpha)), mul(inVain, beta)), EPSILON)));
  };
}

/**
 * `dice` with weights of its own for what is missed and for what is found in vain; both are 1/2, as in `dice`.
 *
 * @param prediction probabilities [batch, ...]
 * @param target     the same shape, from 0 to 1
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @see Salehi, Erdogmus & Gholipour (2017), Tversky loss function for image segmentation
 * @example
 * tversky(tensor([[1, 1, 0]]), tensor([[1, 0, 0]])); // [1/3]
 */
export const tversky: Loss = /* @__PURE__ */ tverskyWith({});

/** Vectors along the last axis, divided by their length; that of zeros stays zeros. */
const unit = (x: Tensor) => div(x, sqrt(maximum(sum(square(x), -1, { keepDims: true }), EPSILON * EPSILON)));

/**
 * Minus the cosine of the angle between vectors along the last axis: -1 for the same direction, 0 for orthogonal ones or
 * a vector of zeros, 1 for opposite ones.
 *
 * @param prediction [batch, ..., length]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * cosineSimilarity(tensor([[3, 4], [1, 0]]), tensor([[6, 8], [0, 1]])); // [-1, 0]
 */
export const cosineSimilarity: Loss = (prediction, target) => {
  const t = vectorsLike('cosineSimilarity', prediction, target);
  return meanOfExamples(neg(sum(mul(unit(t), unit(prediction)), -1)));
};
