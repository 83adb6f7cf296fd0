import { greater, mul, sub } from '@weft/core';
import { refuse } from '@weft/core/program';
import { sumOfExamples, targetLike } from '../losses/shapes.js';
import { finite, label } from '../options/readers.js';
import { checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { classCounts, countsOf, shareOf } from './class-counts.js';
import { weightedSums } from './measure.js';
import type { ScoresMetric } from './metric.js';

const classIds: Reader<readonly (0 | 1)[]> = (label, option, value) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => each === 0 || each === 1)
    ? value
    : refuse(label, option, value, 'an array of 0 and 1, such as [1]');

const BINARY_IOU = {
  /** Elements above it count as class 1; Keras's BinaryIoU also counts those that are equal to it. Default 0.5. */
  threshold: [finite, 0.5],
  /** Whose mean is taken: class 0, class 1, or both. Default [0, 1]. */
  targetClassIds: [classIds, [0, 1]],
} as const satisfies Schema;

/** Options of `binaryIoUWith`. */
export type BinaryIoUOptions = OptionsOf<typeof BINARY_IOU>;

const MEAN_IOU = {
  /** A label that does not count. Default: all count. */
  ignoreClass: [label, undefined],
} as const satisfies Schema;

/** Options of `meanIoUWith`. */
export type MeanIoUOptions = OptionsOf<typeof MEAN_IOU>;

/** Mean of intersection over union; classes that occur nowhere are left out. */
function meanOf(classes: readonly { readonly intersection: number; readonly union: number }[]): number {
  const occurring = classes.filter(({ union }) => union > 0);
  return shareOf(
    occurring.reduce((total, { intersection, union }) => total + intersection / union, 0),
    occurring.length,
  );
}

/**
 * `binaryIoU` with another threshold, or of one class.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const ofObjects = binaryIoUWith({ targetClassIds: [1] });
 * measure(ofObjects, tensor([[0.9, 0.9, 0.1]]), tensor([[1, 0, 0]])); // 0.5
 */
export function binaryIoUWith(options: BinaryIoUOptions): ScoresMetric {
  const { threshold, targetClassIds } = checked('binaryIoUWith', options, BINARY_IOU);
  return {
    name: 'binaryIoU',
    scores(prediction, target) {
      const wanted = targetLike('binaryIoU', prediction, target);
      const predicted = greater(prediction, threshold);
      const [ones, zeros] = [mul(predicted, wanted), mul(sub(1, predicted), sub(1, wanted))];
      const unlike = sub(sub(1, ones), zeros);
      return { zeros: sumOfExamples(zeros), ones: sumOfExamples(ones), unlike: sumOfExamples(unlike) };
    },
    result({ zeros, ones, unlike }, set) {
      const [different] = weightedSums(unlike, set);
      const classes = targetClassIds.map((which) => {
        const [intersection] = weightedSums([zeros, ones][which], set);
        return { intersection, union: intersection + different };
      });
      return meanOf(classes);
    },
  };
}

/**
 * Intersection over union of the elements above 0.5 and those that are 1, and of the others: the mean of the two, over the
 * whole set. A class that occurs nowhere is left out, as in Keras; 0 if there is none.
 *
 * @throws RangeError if prediction and target, [batch, ...], differ in shape
 * @example
 * measure(binaryIoU, tensor([[0.9, 0.9, 0.1]]), tensor([[1, 0, 0]])); // 0.5
 */
export const binaryIoU: ScoresMetric = /* @__PURE__ */ binaryIoUWith({});

/**
 * `meanIoU` without a label, such as that of borders.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const withoutBorders = meanIoUWith({ ignoreClass: 2 });
 * measure(withoutBorders, tensor([[[0.9, 0.1, 0], [0.2, 0.8, 0]]]), tensor([[0, 2]])); // 1
 */
export function meanIoUWith(options: MeanIoUOptions): ScoresMetric {
  const { ignoreClass } = checked('meanIoUWith', options, MEAN_IOU);
  return {
    name: 'meanIoU',
    scores: (prediction, target) => classCounts('meanIoU', prediction, target, { threshold: null, ignoreClass }),
    result: (arrays, set) =>
      meanOf(
        countsOf(arrays, set).map(({ right, predicted, wanted }) => {
          return { intersection: right, union: predicted + wanted - right };
        }),
      ),
  };
}

/**
 * Intersection over union of each class, over the whole set; the mean of the classes. The largest element is predicted. A
 * class that occurs nowhere is left out, as in Keras; 0 if there is none.
 *
 * Prediction [batch, ..., classes] and a target of the same shape, one-hot, or labels [batch, ...] or [batch, ..., 1].
 * Three numbers for each class are kept of each example.
 *
 * @example
 * measure(meanIoU, tensor([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]), tensor([0, 1, 0])); // 0.5
 */
export const meanIoU: ScoresMetric = /* @__PURE__ */ meanIoUWith({});
