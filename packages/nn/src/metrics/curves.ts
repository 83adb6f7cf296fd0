import { reshape, type Tensor } from '@weft/core';
import { targetLike } from '../losses/shapes.js';
import type { MeasuredSet, ScoresMetric } from './metric.js';

/** Examples of one score: the sums of their weights, of those that are 1 and of the others. */
interface Step {
  readonly ones: number;
  readonly zeros: number;
}

/** Scores and targets, [batch, labels]. */
function labelScores(name: string, prediction: Tensor, target: Tensor): { score: Tensor; target: Tensor } {
  const wanted = targetLike(name, prediction, target);
  const { shape } = prediction;
  if (shape.length > 2) {
    throw new RangeError(
      `${name}: got ${prediction}; expected one number for each example, or one for each of its labels: [batch] or ` +
        '[batch, labels].',
    );
  }
  const columns = [shape[0], shape[1] ?? 1];
  return { score: reshape(prediction, columns), target: reshape(wanted, columns) };
}

/** The steps of a label's curve, by falling scores; undefined if a score is NaN. */
function stepsOf(score: Float32Array, target: Float32Array, label: number, labels: number, set: MeasuredSet) {
  const at = (example: number) => example * labels + label;
  const order = Array.from({ length: set.examples }, (_, example) => example);
  if (order.some((example) => Number.isNaN(score[at(example)]))) return undefined;
  order.sort((a, b) => score[at(b)] - score[at(a)]);
  const steps: Step[] = [];
  for (let first = 0; first < order.length; ) {
    const value = score[at(order[first])];
    let [ones, zeros] = [0, 0];
    for (; first < order.length && score[at(order[first])] === value; first++) {
      const weight = set.weights ? set.weights[order[first]] : 1;
      if (target[at(order[first])] > 0.5) ones += weight;
      else zeros += weight;
    }
    steps.push({ ones, zeros });
  }
  return steps;
}

/** A metric that is the mean over the labels of an area under a curve. */
function areaMetric(name: string, areaUnder: (steps: readonly Step[]) => number): ScoresMetric {
  return {
    name,
    scores: (prediction, target) => labelScores(name, prediction, target),
    result({ score, target }, set) {
      const labels = score.length / set.examples;
      let total = 0;
      for (let label = 0; label < labels; label++) {
        const steps = stepsOf(score, target, label, labels, set);
        total += steps ? areaUnder(steps) : Number.NaN;
      }
      return total / labels;
    },
  };
}

/**
 * Area under the curve of true over false positives: the probability that an example of 1 has a higher score than one of
 * 0, where ties count half. Exact, unlike Keras's, which takes 200 thresholds. NaN if all targets are alike.
 *
 * Prediction [batch] or [batch, labels], the target of the same shape; the mean over several labels.
 *
 * @see Hanley and McNeil (1982), The meaning and use of the area under a receiver operating characteristic curve; agrees
 * with scikit-learn's roc_auc_score
 * @example
 * measure(auc, tensor([0.9, 0.4, 0.6]), tensor([1, 1, 0])); // 0.5
 */
export const auc: ScoresMetric = /* @__PURE__ */ areaMetric('auc', (steps) => {
  let [above, favourable, negatives] = [0, 0, 0];
  for (const { ones, zeros } of steps) {
    favourable += zeros * (above + ones / 2);
    above += ones;
    negatives += zeros;
  }
  return favourable / (above * negatives);
});

/**
 * Area under the curve of precision over recall, as the sum of precision times the step in recall over all scores: exact,
 * and without interpolation, which would be too optimistic. Keras's AUC(curve="PR") interpolates between 200 thresholds.
 * NaN if no target is 1. Prediction and target as for `auc`.
 *
 * @see Davis & Goadrich (2006), The relationship between precision-recall and ROC curves; agrees with scikit-learn's
 * average_precision_score
 * @example
 * measure(averagePrecision, tensor([0.9, 0.4, 0.6]), tensor([1, 1, 0])); // 5/6
 */
export const averagePrecision: ScoresMetric = /* @__PURE__ */ areaMetric('averagePrecision', (steps) => {
  let [right, predicted, area] = [0, 0, 0];
  for (const { ones, zeros } of steps) {
    right += ones;
    predicted += ones + zeros;
    if (ones > 0) area += (ones * right) / predicted;
  }
  return area / right;
});
