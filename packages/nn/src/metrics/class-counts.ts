import { argMax, cast, equal, greater, mul, oneHot, reshape, sub, sum, type Tensor } from '@weft/core';
import { sameShape } from '@weft/core/program';
import { asFloat, checkSameShapes, labelsFor } from '../losses/shapes.js';
import { weightedSums } from './measure.js';
import type { MeasuredSet } from './metric.js';

/** How often a class was predicted rightly, was predicted, and was wanted. */
export interface ClassCount {
  readonly right: number;
  readonly predicted: number;
  readonly wanted: number;
}

/** What elements of a prediction count as predicted, and which labels do not count. */
interface Counting {
  /** Elements above it are predicted; null: the largest of the classes is. */
  readonly threshold: number | null;
  readonly ignoreClass?: number | undefined;
}

/**
 * What each example adds to the counts of each class.
 *
 * @param prediction [batch, ..., classes], or [batch] of one class
 * @param target     0 and 1 of the same shape; or labels, [batch, ...] or [batch, ..., 1]
 * @returns [batch, classes] each
 * @throws RangeError if the shapes do not fit
 */
export function classCounts(
  name: string,
  prediction: Tensor,
  target: Tensor,
  { threshold, ignoreClass }: Counting,
): Record<keyof ClassCount, Tensor> {
  const isAlike = sameShape(prediction.shape, target.shape);
  if (isAlike) checkSameShapes(name, prediction, target);
  const labels = isAlike ? undefined : labelsFor(name, prediction, target);
  if (prediction.shape.length < 2) {
    const column = [prediction.shape[0], 1];
    return classCounts(name, reshape(prediction, column), reshape(target, column), { threshold, ignoreClass });
  }
  const classes = prediction.shape[prediction.shape.length - 1];
  const wanted = labels ? oneHot(labels, classes) : asFloat(target);
  // Of one class there is no largest: it is above one half or not.
  const limit = threshold ?? (classes === 1 ? 0.5 : null);
  const predicted =
    limit === null ? oneHot(cast(argMax(prediction, -1), 'float32'), classes) : greater(prediction, limit);
  const kept =
    labels && ignoreClass !== undefined ? sub(1, reshape(equal(labels, ignoreClass), [...labels.shape, 1])) : 1;
  const ofExample = (x: Tensor) => {
    const axes = x.shape.map((_, axis) => axis).slice(1, -1);
    return axes.length === 0 ? x : sum(x, axes);
  };
  return {
    right: ofExample(mul(mul(predicted, wanted), kept)),
    predicted: ofExample(mul(predicted, kept)),
    wanted: ofExample(mul(wanted, kept)),
  };
}

/** The counts of each class over a whole set. */
export function countsOf(arrays: Readonly<Record<string, Float32Array>>, set: MeasuredSet): ClassCount[] {
  const [right, predicted, wanted] = [arrays.right, arrays.predicted, arrays.wanted].map((a) => weightedSums(a, set));
  return Array.from(right, (_, which) => ({
    right: right[which],
    predicted: predicted[which],
    wanted: wanted[which],
  }));
}

/** A part of a whole; 0 of nothing. */
export const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
