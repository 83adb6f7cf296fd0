import { sum } from '@weft/core';
import { refuse } from '@weft/core/program';
import { choice } from '../options/readers.js';
import { checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { type ClassCount, classCounts, countsOf, shareOf } from './class-counts.js';
import type { ScoresMetric } from './metric.js';

const threshold: Reader<number | null> = (label, option, value) =>
  value === null || Number.isFinite(value)
    ? (value as number | null)
    : refuse(label, option, value, 'a number, or null for the largest of the classes');

const average = choice('micro', 'macro', 'weighted');

const PARTS = {
  /** Elements above it count as predicted; null: the largest of the classes does. */
  threshold: [threshold, 0.5],
  /**
   * - `micro`: all classes are counted together
   * - `macro`: mean of the classes' metrics
   * - `weighted`: their mean weighted by how often each class occurs
   */
  average: [average, 'micro'],
} as const satisfies Schema;

const CLASSES = { threshold: [threshold, null], average: [average, 'macro'] } as const satisfies Schema;

/** Options of `precisionWith`, `recallWith` and `f1ScoreWith`. */
export type ClassMetricOptions = OptionsOf<typeof PARTS>;

const add = (a: number, b: number) => a + b;

/** A metric of counts, averaged over classes. */
function classMetric(
  name: string,
  ofCount: (count: ClassCount) => number,
  options: ClassMetricOptions,
  schema: typeof PARTS | typeof CLASSES,
) {
  const { threshold, average } = checked(`${name}With`, options, schema);
  const metric: ScoresMetric = {
    name,
    scores(prediction, target) {
      const counts = classCounts(name, prediction, target, { threshold });
      if (average !== 'micro') return counts;
      return Object.fromEntries(Object.entries(counts).map(([key, each]) => [key, sum(each, 1)]));
    },
    result(arrays, set) {
      const counts = countsOf(arrays, set);
      const weights = counts.map(({ wanted }) => (average === 'weighted' ? wanted : 1));
      const total = counts.map((count, which) => weights[which] * ofCount(count)).reduce(add);
      return shareOf(total, weights.reduce(add));
    },
  };
  return metric;
}

/**
 * `precision` with another threshold, or averaged over classes.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const ofClasses = precisionWith({ threshold: null, average: 'macro' });
 * measure(ofClasses, tensor([[0.9, 0.1], [0.8, 0.2]]), tensor([0, 1])); // 0.25
 */
export const precisionWith = (options: ClassMetricOptions): ScoresMetric =>
  classMetric('precision', ({ right, predicted }) => shareOf(right, predicted), options, PARTS);

/**
 * Of the elements predicted as 1, those above 0.5, the part that is 1; 0 if there are none, as in Keras.
 *
 * Prediction [batch, ...] and a target of 0 and 1 of the same shape; or prediction [batch, ..., classes] and labels.
 *
 * @example
 * measure(precision, tensor([0.9, 0.8, 0.1]), tensor([1, 0, 1])); // 0.5
 */
export const precision: ScoresMetric = /* @__PURE__ */ precisionWith({});

/**
 * `recall` with another threshold, or averaged over classes.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const early = recallWith({ threshold: 0.3 });
 * measure(early, tensor([0.9, 0.4, 0.1]), tensor([1, 1, 1])); // 2/3
 */
export const recallWith = (options: ClassMetricOptions): ScoresMetric =>
  classMetric('recall', ({ right, wanted }) => shareOf(right, wanted), options, PARTS);

/**
 * Of the elements that are 1, the part that is predicted as 1, that is above 0.5; 0 if there are none, as in Keras.
 * Prediction and target as for `precision`.
 *
 * @example
 * measure(recall, tensor([0.9, 0.8, 0.1]), tensor([1, 0, 1])); // 0.5
 */
export const recall: ScoresMetric = /* @__PURE__ */ recallWith({});

/**
 * `f1Score` with a threshold, or another average over classes.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const weighted = f1ScoreWith({ average: 'weighted' });
 * measure(weighted, tensor([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]]), tensor([0, 1, 1])); // 2/3
 */
export const f1ScoreWith = (options: ClassMetricOptions): ScoresMetric =>
  classMetric('f1Score', ({ right, predicted, wanted }) => shareOf(2 * right, predicted + wanted), options, CLASSES);

/**
 * Harmonic mean of precision and recall, 2 right / (predicted + wanted); 0 for a class that neither occurs nor is
 * predicted, as in Keras. Of several classes, the largest is predicted, and the mean over the classes is taken; a single
 * one is predicted above 0.5.
 *
 * @see Keras's F1Score, whose default gives a list, one score for each class; here it is `average: 'macro'`
 * @example
 * measure(f1Score, tensor([0.9, 0.8, 0.1]), tensor([1, 0, 1])); // 0.5
 */
export const f1Score: ScoresMetric = /* @__PURE__ */ f1ScoreWith({});
