import { rankedScores } from './scored-labels.js';

/** A receiver operating characteristic: a point for each threshold, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** Share of the negative examples that are called positive, rising. */
  readonly falsePositiveRates: Float64Array;
  /** Share of the positive examples that are called positive, rising. */
  readonly truePositiveRates: Float64Array;
  /** Examples with a score of at least this are called positive; falling, from Infinity. */
  readonly thresholds: Float64Array;
}

/**
 * The receiver operating characteristic of scores, with a point for each different score.
 *
 * @param scores a number for each example, larger for those that are rather positive
 * @param labels 1 for a positive example, such as an anomaly; 0 for a negative one
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 * @see sklearn.metrics.roc_curve with drop_intermediate=False
 * @example
 * rocCurve([0.9, 0.4, 0.1], [1, 0, 0]).truePositiveRates; // [0, 1, 1, 1]
 */
export function rocCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): RocCurve {
  const ranked = rankedScores('rocCurve', scores, labels);
  return {
    falsePositiveRates: Float64Array.of(0, ...ranked.falsePositives.map((count) => count / ranked.negatives)),
    truePositiveRates: Float64Array.of(0, ...ranked.truePositives.map((count) => count / ranked.positives)),
    thresholds: Float64Array.of(Infinity, ...ranked.thresholds),
  };
}

/**
 * The area under the receiver operating characteristic: the probability that a positive example has a higher score than a
 * negative one, where equal scores count half.
 *
 * @param scores a number for each example, larger for those that are rather positive
 * @param labels 1 for a positive example, such as an anomaly; 0 for a negative one
 * @returns 1 where all positive examples have the higher scores, 0.5 where scores say nothing
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 * @see sklearn.metrics.roc_auc_score
 * @example
 * rocAuc([0.9, 0.4, 0.1], [1, 0, 0]); // 1
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { truePositives, falsePositives, positives, negatives } = rankedScores('rocAuc', scores, labels);
  let [doubled, hits, alarms] = [0, 0, 0];
  for (let index = 0; index < truePositives.length; index++) {
    doubled += (falsePositives[index] - alarms) * (truePositives[index] + hits);
    [hits, alarms] = [truePositives[index], falsePositives[index]];
  }
  return doubled / 2 / positives / negatives;
}
