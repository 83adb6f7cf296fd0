import { greater, mul, sub } from '@weft/core';
import { refuse } from '@weft/core/program';
import { optionsOf } from '../losses/options.js';
import { sumOfExamples, targetLike } from '../losses/shapes.js';
import { classCounts, countsOf, shareOf } from './class-counts.js';
import { weightedSums } from './measure.js';
import type { ScoresMetric } from './metric.js';

/** Options of `binaryIoUWith`. */
export interface BinaryIoUOptions {
  /** Elements above it count as class 1; Keras's BinaryIoU also counts those that are equal to it. Default 0.5. */
  readonly threshold?: number;
  /** Whose mean is taken: class 0, class 1, or both. Default [0, 1]. */
  readonly targetClassIds?: readonly (0 | 1)[];
}

/** Options of `meanIoUWith`. */
export interface MeanIoUOptions {
  /** A label that does not count. Default: all count. */
  readonly ignoreClass?: number;
}

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
 */
export function binaryIoUWith(options: BinaryIoUOptions): ScoresMetric {
  const defaults: Required<BinaryIoUOptions> = { threshold: 0.5, targetClassIds: [0, 1] };
  const { threshold, targetClassIds } = optionsOf('binaryIoUWith', options, defaults);
  if (threshold === null) refuse('binaryIoUWith', 'threshold', threshold, 'a number: there is one class');
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
 */
export const binaryIoU: ScoresMetric = /* @__PURE__ */ binaryIoUWith({});

/**
 * `meanIoU` without a label, such as that of borders.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 */
export function meanIoUWith(options: MeanIoUOptions): ScoresMetric {
  const defaults: { ignoreClass: number | undefined } = { ignoreClass: undefined };
  const { ignoreClass } = optionsOf('meanIoUWith', options, defaults);
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
 */
export const meanIoU: ScoresMetric = /* @__PURE__ */ meanIoUWith({});
