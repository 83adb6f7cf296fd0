import type { Tensor } from '@weft/core';
import { argMax, cast, equal, greater, mul, sum } from '@weft/core';
import { sameShape } from '@weft/core/program';
import { asFloat, checkSameShapes, labelsFor, meanOfExamples } from '../losses/shapes.js';
import type { MeanMetric, ScoresMetric, SumsMetric } from './metric.js';

/** Probabilities above it count as 1. */
const THRESHOLD = 0.5;

const bestClass = (scores: Tensor) => cast(argMax(scores, -1), 'float32');

const isPositive = (probabilities: Tensor) => greater(probabilities, THRESHOLD);

/**
 * Part of the elements that are on the right side of 0.5: prediction [batch, ...] and a target of 0 and 1 of the same
 * shape.
 *
 * @throws RangeError if the shapes differ
 */
export const binaryAccuracy: MeanMetric = {
  name: 'binaryAccuracy',
  values(prediction, target) {
    checkSameShapes('binaryAccuracy', prediction, target);
    return meanOfExamples(equal(isPositive(prediction), asFloat(target)));
  },
};

/**
 * Part of the predictions whose largest element is at the label, which is one-hot: both [batch, ..., classes].
 *
 * @throws RangeError if the shapes differ
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
 */
export const accuracy: MeanMetric = {
  name: 'accuracy',
  values(prediction, target) {
    if (!sameShape(prediction.shape, target.shape)) return sparseCategoricalAccuracy.values(prediction, target);
    const isBinary = prediction.shape.length < 2 || prediction.shape[prediction.shape.length - 1] === 1;
    return (isBinary ? binaryAccuracy : categoricalAccuracy).values(prediction, target);
  },
};

/** What each example adds to a count: the sum of its elements. */
function countOfExamples(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(1);
  return axes.length === 0 ? x : sum(x, axes);
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/**
 * Of the elements predicted as 1, the part that is 1; 0 if there are none, as in Keras. Prediction and target as for
 * `binaryAccuracy`.
 */
export const precision: SumsMetric = {
  name: 'precision',
  sums(prediction, target) {
    checkSameShapes('precision', prediction, target);
    const positive = isPositive(prediction);
    return { right: countOfExamples(mul(positive, asFloat(target))), predicted: countOfExamples(positive) };
  },
  result: ({ right, predicted }) => share(right, predicted),
};

/** Of the elements that are 1, the part that is predicted as 1; 0 if there are none, as in Keras. */
export const recall: SumsMetric = {
  name: 'recall',
  sums(prediction, target) {
    checkSameShapes('recall', prediction, target);
    const wanted = asFloat(target);
    return { right: countOfExamples(mul(isPositive(prediction), wanted)), wanted: countOfExamples(wanted) };
  },
  result: ({ right, wanted }) => share(right, wanted),
};

/**
 * Area under the curve of true over false positives: the probability that an example of 1 has a higher score than one of
 * 0, where ties count half. Exact, unlike Keras's, which takes 200 thresholds. NaN if all targets are alike.
 *
 * For predictions of one number for each example: [batch] or [batch, 1].
 *
 * @see Hanley and McNeil (1982), The meaning and use of the area under a receiver operating characteristic curve
 */
export const auc: ScoresMetric = {
  name: 'auc',
  scores(prediction, target) {
    checkSameShapes('auc', prediction, target);
    if (prediction.size !== prediction.shape[0]) {
      throw new RangeError(`auc: expected one number for each example, got ${prediction}.`);
    }
    return { score: meanOfExamples(prediction), target: meanOfExamples(asFloat(target)) };
  },
  result({ score, target }) {
    const order = Array.from(score, (_, which) => which).sort((a, b) => score[a] - score[b]);
    let [below, favourable, positives] = [0, 0, 0];
    for (let first = 0; first < order.length; ) {
      let [ones, zeros, last] = [0, 0, first];
      for (; last < order.length && score[order[last]] === score[order[first]]; last++) {
        if (target[order[last]] > THRESHOLD) ones++;
        else zeros++;
      }
      if (last === first) return Number.NaN;
      favourable += ones * (below + zeros / 2);
      positives += ones;
      below += zeros;
      first = last;
    }
    return favourable / (positives * below);
  },
};
