import { add, log, logSoftmax, mul, neg, reshape, sigmoid, softmax, sub, type Tensor } from '@weft/core';
import { logitsOf } from '../layers/activations.js';
import { flag, from0, share } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';
import { CROSSENTROPY, smoothed } from './crossentropy.js';
import { binaryOfLogits, binaryOfProbabilities, clippedShares, powerOf, softmaxLogits } from './logarithms.js';
import type { Loss } from './losses.js';
import { meanOfExamples, targetLike, vectorsLike, weightedLast } from './shapes.js';

const FOCAL = {
  ...CROSSENTROPY,
  /** How much the loss counts. Default 0.25. */
  alpha: [from0, 0.25],
  /** From 0: how much less examples count that are predicted well. Default 2. */
  gamma: [from0, 2],
} as const satisfies Schema;

/** Options of `categoricalFocalCrossentropyWith`. */
export type FocalOptions = OptionsOf<typeof FOCAL>;

const BINARY_FOCAL = {
  ...FOCAL,
  /** How much elements of 1 count if classes are balanced; those of 0 count 1 minus that. Default 0.25. */
  alpha: [share, 0.25],
  /** Whether elements of 1 are multiplied by alpha, those of 0 by 1 - alpha. Default false. */
  applyClassBalancing: [flag, false],
} as const satisfies Schema;

/** Options of `binaryFocalCrossentropyWith`. */
export type BinaryFocalOptions = OptionsOf<typeof BINARY_FOCAL>;

/** Cross-entropy of each element, and the probability of what the target is not. */
function binaryParts(prediction: Tensor, target: Tensor, fromLogits: boolean): { loss: Tensor; miss: Tensor } {
  const z = fromLogits ? prediction : logitsOf(prediction, 'sigmoid');
  const logits = z && reshape(z, target.shape);
  // 1 - sigmoid(z) would lose its digits where z is large; sigmoid(-z) is the same number.
  const [p, other] = logits ? [sigmoid(logits), sigmoid(neg(logits))] : [prediction, sub(1, prediction)];
  const loss = logits ? binaryOfLogits(logits, target) : binaryOfProbabilities(prediction, target);
  return { loss, miss: add(mul(target, other), mul(sub(1, target), p)) };
}

/**
 * `binaryFocalCrossentropy` with options.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = binaryFocalCrossentropyWith({ gamma: 3, applyClassBalancing: true });
 * loss(tensor([[0.9, 0.5]]), tensor([[1, 0]])); // [0.0325]
 */
export function binaryFocalCrossentropyWith(options: BinaryFocalOptions): Loss {
  const { fromLogits, labelSmoothing, alpha, gamma, applyClassBalancing } = checked(
    'binaryFocalCrossentropyWith',
    options,
    BINARY_FOCAL,
  );
  return function binaryFocalCrossentropy(prediction, target) {
    const t = smoothed(targetLike('binaryFocalCrossentropy', prediction, target), labelSmoothing, 2);
    const { loss, miss } = binaryParts(prediction, t, fromLogits);
    const focal = gamma === 0 ? loss : mul(powerOf(miss, gamma), loss);
    if (!applyClassBalancing) return meanOfExamples(focal);
    return meanOfExamples(mul(add(mul(t, alpha), mul(sub(1, t), 1 - alpha)), focal));
  };
}

/**
 * Binary cross-entropy in which elements that are predicted well count less: times (1 - p_t)^2, where p_t is the
 * probability given to the target. The mean over an example's elements, in nats.
 *
 * @param prediction probabilities [batch, ...], treated as by `binaryCrossentropy`
 * @param target     the same shape, from 0 to 1
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @see Lin et al. (2017), Focal loss for dense object detection
 * @example
 * binaryFocalCrossentropy(tensor([[0.9, 0.5]]), tensor([[1, 0]])); // [0.0872]
 */
export const binaryFocalCrossentropy: Loss = /* @__PURE__ */ binaryFocalCrossentropyWith({});

/**
 * `categoricalFocalCrossentropy` with options.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = categoricalFocalCrossentropyWith({ gamma: 3, fromLogits: true });
 * loss(tensor([[0, Math.log(3)]]), tensor([[0, 1]])); // [0.001]
 */
export function categoricalFocalCrossentropyWith(options: FocalOptions): Loss {
  const { fromLogits, labelSmoothing, alpha, gamma } = checked('categoricalFocalCrossentropyWith', options, FOCAL);
  return function categoricalFocalCrossentropy(prediction, target) {
    const wanted = vectorsLike('categoricalFocalCrossentropy', prediction, target);
    const t = smoothed(wanted, labelSmoothing, wanted.shape[wanted.shape.length - 1]);
    const z = softmaxLogits(prediction, fromLogits);
    const p = z ? softmax(z) : clippedShares(prediction);
    const losses = neg(z ? logSoftmax(z) : log(p));
    const focal = gamma === 0 ? losses : mul(powerOf(sub(1, p), gamma), losses);
    return meanOfExamples(mul(weightedLast(t, focal), alpha));
  };
}

/**
 * Categorical cross-entropy in which classes that are predicted well count less: the sum over the classes of
 * -0.25 t (1 - p)^2 ln p, in nats.
 *
 * @param prediction probabilities [batch, ..., classes], treated as by `categoricalCrossentropy`
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @see Lin et al. (2017), Focal loss for dense object detection
 * @example
 * categoricalFocalCrossentropy(tensor([[0.25, 0.75]]), tensor([[0, 1]])); // [0.0045]
 */
export const categoricalFocalCrossentropy: Loss = /* @__PURE__ */ categoricalFocalCrossentropyWith({});
