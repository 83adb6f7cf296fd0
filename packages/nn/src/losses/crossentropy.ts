import { add, div, equal, maximum, mul, neg, oneHot, reshape, sub, sum, type Tensor, where } from '@weft/core';
import { logitsOf } from '../layers/activations.js';
import { flag, label, share } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';
import { binaryOfLogits, binaryOfProbabilities, logProbabilities } from './logarithms.js';
import type { Loss } from './losses.js';
import { labelsFor, meanOfExamples, sumOfExamples, targetLike, vectorsLike, weightedLast } from './shapes.js';

export const CROSSENTROPY = {
  /** True if predictions are logits: the model ends without sigmoid or softmax. Default false. */
  fromLogits: [flag, false],
  /** From 0 to 1: how far targets are moved towards equal probabilities of all classes. Default 0. */
  labelSmoothing: [share, 0],
} as const satisfies Schema;

/** Options of `binaryCrossentropyWith` and `categoricalCrossentropyWith`. */
export type CrossentropyOptions = OptionsOf<typeof CROSSENTROPY>;

const SPARSE_CROSSENTROPY = {
  /** True if predictions are logits: the model ends without softmax. Default false. */
  fromLogits: [flag, false],
  /** A label that does not count, such as 255 for the borders of a segmentation. Default: all count. */
  ignoreClass: [label, undefined],
} as const satisfies Schema;

/** Options of `sparseCategoricalCrossentropyWith`. */
export type SparseCrossentropyOptions = OptionsOf<typeof SPARSE_CROSSENTROPY>;

/** Targets between 0 and 1, moved towards 1 / classes. */
export function smoothed(target: Tensor, labelSmoothing: number, classes: number): Tensor {
  if (labelSmoothing === 0) return target;
  return add(mul(target, 1 - labelSmoothing), labelSmoothing / classes);
}

/**
 * `binaryCrossentropy` with options, such as `fromLogits` for a model that ends without a sigmoid.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = binaryCrossentropyWith({ fromLogits: true });
 * loss(tensor([[0, 0]]), tensor([[1, 0]])); // [0.693]
 */
export function binaryCrossentropyWith(options: CrossentropyOptions): Loss {
  const { fromLogits, labelSmoothing } = checked('binaryCrossentropyWith', options, CROSSENTROPY);
  return function binaryCrossentropy(prediction, target) {
    const t = smoothed(targetLike('binaryCrossentropy', prediction, target), labelSmoothing, 2);
    const z = fromLogits ? prediction : logitsOf(prediction, 'sigmoid');
    return meanOfExamples(z ? binaryOfLogits(reshape(z, t.shape), t) : binaryOfProbabilities(prediction, t));
  };
}

/**
 * Mean of -t ln p - (1 - t) ln(1 - p), in nats.
 *
 * Where the prediction is the result of a sigmoid, it is computed of what went into it: so it has gradients however
 * certain and wrong a prediction is. Otherwise p is clipped to [1e-7, 1 - 1e-7] as in Keras, with gradient 0 beyond.
 *
 * @param prediction probabilities [batch, ...]
 * @param target     the same shape, from 0 to 1
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * binaryCrossentropy(tensor([[0.9, 0.5]]), tensor([[1, 0]])); // [0.399]
 */
export const binaryCrossentropy: Loss = /* @__PURE__ */ binaryCrossentropyWith({});

/**
 * `categoricalCrossentropy` with options, such as `fromLogits` for a model that ends without a softmax.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = categoricalCrossentropyWith({ fromLogits: true });
 * loss(tensor([[0, Math.log(3)]]), tensor([[0, 1]])); // [0.288]
 */
export function categoricalCrossentropyWith(options: CrossentropyOptions): Loss {
  const { fromLogits, labelSmoothing } = checked('categoricalCrossentropyWith', options, CROSSENTROPY);
  return function categoricalCrossentropy(prediction, target) {
    const wanted = vectorsLike('categoricalCrossentropy', prediction, target);
    const t = smoothed(wanted, labelSmoothing, wanted.shape[wanted.shape.length - 1]);
    return meanOfExamples(neg(weightedLast(t, logProbabilities(prediction, fromLogits))));
  };
}

/**
 * Sum over the classes of -t ln p, in nats, for targets that give each class its probability, such as one-hot labels.
 * Probabilities are treated as by `sparseCategoricalCrossentropy`.
 *
 * @param prediction probabilities [batch, ..., classes]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * categoricalCrossentropy(tensor([[0.25, 0.75]]), tensor([[0, 1]])); // [0.288]
 */
export const categoricalCrossentropy: Loss = /* @__PURE__ */ categoricalCrossentropyWith({});

/**
 * `sparseCategoricalCrossentropy` with options, such as `fromLogits` for a model that ends without a softmax.
 *
 * With `ignoreClass`, an example's loss is the mean over its other places, and 0 where it has none. Keras divides by the
 * number of such places in the whole batch.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = sparseCategoricalCrossentropyWith({ fromLogits: true });
 * loss(tensor([[0, Math.log(3)]]), tensor([1])); // [0.288]
 */
export function sparseCategoricalCrossentropyWith(options: SparseCrossentropyOptions): Loss {
  const { fromLogits, ignoreClass } = checked('sparseCategoricalCrossentropyWith', options, SPARSE_CROSSENTROPY);
  return function sparseCategoricalCrossentropy(prediction, target) {
    const labels = labelsFor('sparseCategoricalCrossentropy', prediction, target);
    const isIgnored = ignoreClass === undefined ? undefined : equal(labels, ignoreClass);
    // Class 0 stands where the label is ignored, so that no gradient is NaN there.
    const hot = oneHot(isIgnored ? where(isIgnored, 0, labels) : labels, prediction.shape[prediction.shape.length - 1]);
    const all = neg(weightedLast(hot, logProbabilities(prediction, fromLogits)));
    // A label that is no class is hot nowhere: 0 / 0 makes that known, instead of a loss of 0.
    const loss = div(all, sum(hot, -1));
    if (!isIgnored) return meanOfExamples(loss);
    const places = sumOfExamples(sub(1, isIgnored));
    return div(sumOfExamples(where(isIgnored, 0, loss)), maximum(places, 1));
  };
}

/**
 * -ln p of the label's class, in nats.
 *
 * Where the prediction is the result of the activation softmax, it is computed of what went into it. Otherwise
 * probabilities are divided by their sum and clipped to [1e-7, 1 - 1e-7], as in Keras.
 *
 * @param prediction probabilities [batch, ..., classes]
 * @param target     whole numbers from 0 to below the number of classes, [batch, ...] or [batch, ..., 1]
 * @returns [batch]; NaN for a label that is no class
 * @throws RangeError if the shapes do not fit
 * @example
 * sparseCategoricalCrossentropy(tensor([[0.25, 0.75]]), tensor([1])); // [0.288]
 */
export const sparseCategoricalCrossentropy: Loss = /* @__PURE__ */ sparseCategoricalCrossentropyWith({});
