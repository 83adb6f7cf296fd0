import { shown } from '../shown.js';
import { type RankedScores, rankedScores } from './scored-labels.js';

/** Precision and recall at each threshold. */
export interface PrecisionRecallCurve {
  /** Share of the examples called positive that are positive. */
  readonly precisions: Float64Array;
  /** Share of the positive examples that are called positive, rising to 1. */
  readonly recalls: Float64Array;
  /** Examples with a score of at least this are called positive; falling. */
  readonly thresholds: Float64Array;
}

/**
 * Precision and recall of scores, with a point for each different score.
 *
 * @param scores a number for each example, larger for those that are rather positive
 * @param labels 1 for a positive example, such as an anomaly; 0 for a negative one
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 * @see sklearn.metrics.precision_recall_curve, which adds the point of no threshold and rises where this falls
 * @example
 * precisionRecallCurve([0.9, 0.4, 0.1], [1, 0, 1]).precisions; // [1, 1/2, 2/3]
 */
export function precisionRecallCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): PrecisionRecallCurve {
  return curveOf(rankedScores('precisionRecallCurve', scores, labels));
}

/**
 * Average precision: the mean of the precisions at all thresholds, weighted by how much recall grows there.
 *
 * @param scores a number for each example, larger for those that are rather positive
 * @param labels 1 for a positive example, such as an anomaly; 0 for a negative one
 * @returns 1 where all positive examples have the higher scores; about the share of positive examples where scores say
 * nothing
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 * @see sklearn.metrics.average_precision_score
 * @example
 * averagePrecision([0.9, 0.4, 0.1], [1, 0, 0]); // 1
 */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { precisions, recalls } = curveOf(rankedScores('averagePrecision', scores, labels));
  return precisions.reduce((sum, precision, at) => sum + precision * (recalls[at] - (recalls[at - 1] ?? 0)), 0);
}

/** A threshold and what it comes to. */
export interface Detection {
  /** Examples with a score of at least this are called positive. */
  readonly threshold: number;
  /** Share of the examples called positive that are positive; 0 if none is called so. */
  readonly precision: number;
  /** Share of the positive examples that are called positive. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
}

/**
 * The threshold with the highest F1; of several the highest threshold.
 *
 * It has seen the labels: the F1 of other examples will be lower.
 *
 * @param scores a number for each example, larger for those that are rather positive
 * @param labels 1 for a positive example, such as an anomaly; 0 for a negative one
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 * @example
 * bestF1([0.9, 0.4, 0.1], [1, 0, 0]); // { threshold: 0.9, precision: 1, recall: 1, f1: 1 }
 */
export function bestF1(scores: ArrayLike<number>, labels: ArrayLike<number>): Detection {
  const { precisions, recalls, thresholds } = curveOf(rankedScores('bestF1', scores, labels));
  const f1 = precisions.map((precision, at) => harmonicMean(precision, recalls[at]));
  const at = f1.indexOf(Math.max(...f1));
  return { threshold: thresholds[at], precision: precisions[at], recall: recalls[at], f1: f1[at] };
}

/**
 * What a threshold that was chosen beforehand comes to.
 *
 * @param scores    a number for each example, larger for those that are rather positive
 * @param labels    1 for a positive example, such as an anomaly; 0 for a negative one
 * @param threshold examples with a score of at least this are called positive
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 * @example
 * detectionAt([0.9, 0.4, 0.1], [1, 0, 0], 0.3); // { threshold: 0.3, precision: 0.5, recall: 1, f1: 2/3 }
 */
export function detectionAt(scores: ArrayLike<number>, labels: ArrayLike<number>, threshold: number): Detection {
  const { precisions, recalls, thresholds } = curveOf(rankedScores('detectionAt', scores, labels));
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) {
    throw new RangeError(`detectionAt: the threshold is ${shown(threshold)}, expected a number.`);
  }
  const at = thresholds.findLastIndex((value) => value >= threshold);
  const [precision, recall] = at < 0 ? [0, 0] : [precisions[at], recalls[at]];
  return { threshold, precision, recall, f1: harmonicMean(precision, recall) };
}

const harmonicMean = (a: number, b: number) => (a + b === 0 ? 0 : (2 * a * b) / (a + b));

function curveOf({ thresholds, truePositives, falsePositives, positives }: RankedScores): PrecisionRecallCurve {
  return {
    precisions: truePositives.map((count, at) => count / (count + falsePositives[at])),
    recalls: truePositives.map((count) => count / positives),
    thresholds,
  };
}
