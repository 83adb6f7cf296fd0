import type { Tensor } from '@weft/core';
import { abs, square, sub } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { asFloat, checkSameShapes, meanOfExamples } from './shapes.js';

/**
 * How far predictions are from their targets: a number for each example, [batch], or one for the whole batch. The
 * trainer takes the mean over the batch. Those of this package give [batch], the mean over an example's elements.
 *
 * @example
 * const huber: Loss = (prediction, target) => {
 *   const difference = abs(sub(prediction, target));
 *   return mean(where(less(difference, 1), mul(square(difference), 0.5), sub(difference, 0.5)), 1);
 * };
 */
export type Loss = (prediction: Tensor, target: Tensor) => Tensor;

/** What a loss for a whole model is given: everything by name, and weights by path. */
export interface ModelLossInput {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly targets: Readonly<Record<string, Tensor>>;
  /** By path, such as `dense/kernel`. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** How much each example counts, [batch]; undefined without weights of examples. */
  readonly sampleWeight: Tensor | undefined;
  /** For calls of models: whether they are being trained, and what decides their draws. */
  readonly context: CallContext;
}

/** A loss that looks at several outputs, or at weights: [batch], or one number for the batch. */
export type ModelLoss = (input: ModelLossInput) => Tensor;

/**
 * Mean of the squared differences.
 *
 * @param prediction [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * meanSquaredError(tensor([[1, 2], [3, 4]]), tensor([[1, 4], [3, 3]])); // [2, 0.5]
 */
export const meanSquaredError: Loss = (prediction, target) => {
  checkSameShapes('meanSquaredError', prediction, target);
  return meanOfExamples(square(sub(prediction, asFloat(target))));
};

/**
 * Mean of the absolute differences; where there is none, the gradient is 0.
 *
 * @param prediction [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * meanAbsoluteError(tensor([[1, 2], [3, 4]]), tensor([[1, 4], [3, 3]])); // [1, 0.5]
 */
export const meanAbsoluteError: Loss = (prediction, target) => {
  checkSameShapes('meanAbsoluteError', prediction, target);
  return meanOfExamples(abs(sub(prediction, asFloat(target))));
};
