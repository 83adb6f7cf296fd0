import { argMax, cast, equal, greater, less, mul, oneHot, sum, type Tensor } from '@weft/core';
import { sameShape } from '@weft/core/program';
import { asFloat, checkSameShapes, labelsFor, meanOfExamples, vectorsLike, weightedLast } from '../losses/shapes.js';
import { positiveInteger } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';
import type { MeanMetric } from './metric.js';

const bestClass = (scores: Tensor) => cast(argMax(scores, -1), 'float32');

/**
 * Part of the elements that are on the right side of 0.5: prediction [batch, ...] and a target of 0 and 1 of the same
 * shape.
 *
 * @throws RangeError if the shapes differ
 * @example
 * measure(binaryAccuracy, tensor([[0.9], [0.2]]), tensor([[1], [1]])); // 0.5
 */
export const binaryAccuracy: MeanMetric = {
  name: 'binaryAccuracy',
  values(prediction, target) {
    checkSameShapes('binaryAccuracy', prediction, target);
    return meanOfExamples(equal(greater(prediction, 0.5), asFloat(target)));
  },
};

/**
 * Part of the predictions whose largest element is at the label, which is one-hot: both [batch, ..., classes].
 *
 * @throws RangeError if the shapes differ
 * @example
 * measure(categoricalAccuracy, tensor([[0.9, 0.1], [0.8, 0.2]]), tensor([[1, 0], [0, 1]])); // 0.5
 */
export const categoricalAccuracy: MeanMetric = {
  name: 'categoricalAccuracy',
  values(prediction, target) {
    checkSameShapes('categoricalAccuracy', prediction, target);
    return meanOfExamples(equal(bestClass(prediction), bestClass(asFloat(target))));
  },
};

/**
 * Part of the predictions [batch, ..., classes] whose largest element is at the label, a whole number: [batch, ...] or
 * [batch, ..., 1].
 *
 * @throws RangeError if the shapes do not fit
 * @example
 * measure(sparseCategoricalAccuracy, tensor([[0.9, 0.1], [0.8, 0.2]]), tensor([0, 1])); // 0.5
 */
export const sparseCategoricalAccuracy: MeanMetric = {
  name: 'sparseCategoricalAccuracy',
  values(prediction, target) {
    const labels = labelsFor('sparseCategoricalAccuracy', prediction, target);
    return meanOfExamples(equal(bestClass(prediction), labels));
  },
};

/**
 * Part of the predictions that are right. As in Keras, the shapes decide what that means: predictions of one number are
 * binary, targets of the same shape one-hot, others whole numbers.
 *
 * @throws RangeError if the shapes do not fit
 * @example
 * measure(accuracy, tensor([[0.9, 0.1], [0.8, 0.2]]), tensor([0, 1])); // 0.5
 */
export const accuracy: MeanMetric = {
  name: 'accuracy',
  values(prediction, target) {
    if (!sameShape(prediction.shape, target.shape)) return sparseCategoricalAccuracy.values(prediction, target);
    const isBinary = prediction.shape.length < 2 || prediction.shape[prediction.shape.length - 1] === 1;
    return (isBinary ? binaryAccuracy : categoricalAccuracy).values(prediction, target);
  },
};

const TOP_K = {
  /** Among how many of the largest elements the label's may be. Default 5. */
  k: [positiveInteger, 5],
} as const satisfies Schema;

/** Options of the top-k accuracies. */
export type TopKOptions = OptionsOf<typeof TOP_K>;

/** 1 where fewer than k elements are larger than the label's. Equal ones do not count against it, as in Keras. */
function isAmongTop(k: number, scores: Tensor, labels: Tensor): Tensor {
  const hot = oneHot(labels, scores.shape[scores.shape.length - 1]);
  const own = weightedLast(hot, scores);
  const larger = sum(greater(scores, own.reshape([...own.shape, 1])), -1);
  // Nothing is larger than NaN, and a label that is no class is hot nowhere: both are wrong.
  return mul(mul(less(larger, k), sum(hot, -1)), equal(own, own));
}

/**
 * `topKCategoricalAccuracy` with another k. `metricOf(topKCategoricalAccuracyWith({ k: 3 }), 'top3')` gives it a name of
 * its own.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const top2 = topKCategoricalAccuracyWith({ k: 2 });
 * measure(top2, tensor([[0.5, 0.3, 0.2]]), tensor([[0, 1, 0]])); // 1
 */
export function topKCategoricalAccuracyWith(options: TopKOptions): MeanMetric {
  const { k } = checked('topKCategoricalAccuracyWith', options, TOP_K);
  const name = 'topKCategoricalAccuracy';
  return {
    name,
    values: (prediction, target) =>
      meanOfExamples(isAmongTop(k, prediction, bestClass(vectorsLike(name, prediction, target)))),
  };
}

/**
 * Part of the predictions in which the label's element is among the 5 largest: both [batch, ..., classes], the target
 * one-hot.
 *
 * @throws RangeError if the shapes differ
 * @example
 * measure(topKCategoricalAccuracy, tensor([[1, 2, 3, 4, 5, 6]]), tensor([[1, 0, 0, 0, 0, 0]])); // 0
 */
export const topKCategoricalAccuracy: MeanMetric = /* @__PURE__ */ topKCategoricalAccuracyWith({});

/**
 * `sparseTopKCategoricalAccuracy` with another k.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const top2 = metricOf(sparseTopKCategoricalAccuracyWith({ k: 2 }), 'top2');
 * measure(top2, tensor([[0.5, 0.3, 0.2]]), tensor([1])); // 1
 */
export function sparseTopKCategoricalAccuracyWith(options: TopKOptions): MeanMetric {
  const { k } = checked('sparseTopKCategoricalAccuracyWith', options, TOP_K);
  const name = 'sparseTopKCategoricalAccuracy';
  return {
    name,
    values: (prediction, target) => meanOfExamples(isAmongTop(k, prediction, labelsFor(name, prediction, target))),
  };
}

/**
 * Part of the predictions [batch, ..., classes] in which the label's element is among the 5 largest; labels are whole
 * numbers, [batch, ...] or [batch, ..., 1].
 *
 * @throws RangeError if the shapes do not fit
 * @example
 * measure(sparseTopKCategoricalAccuracy, tensor([[1, 2, 3, 4, 5, 6]]), tensor([1])); // 1
 */
export const sparseTopKCategoricalAccuracy: MeanMetric = /* @__PURE__ */ sparseTopKCategoricalAccuracyWith({});
