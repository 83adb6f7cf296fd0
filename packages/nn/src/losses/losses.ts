import type { Tensor } from '@weft/core';
import { abs, add, clip, log, mean, mul, neg, square, sub } from '@weft/core';
import { formatShape, sameShape } from '@weft/core/program';

/** How far a prediction is from its target: the mean over the batch and all elements, as a scalar. */
export type Loss = (prediction: Tensor, target: Tensor) => Tensor;

/** Keras's `epsilon()`: probabilities are kept this far from 0 and 1, where the logarithm has no value. */
const CLIPPING = 1e-7;

function checkShapes(loss: string, prediction: Tensor, target: Tensor): void {
  if (!sameShape(prediction.shape, target.shape)) {
    throw new RangeError(
      `${loss}: the prediction is ${formatShape(prediction.shape)} but the target ${formatShape(target.shape)}. ` +
        'They must have the same shape.',
    );
  }
}

/**
 * Mean of the squared differences.
 *
 * @throws RangeError if the shapes differ
 */
export const meanSquaredError: Loss = (prediction, target) => {
  checkShapes('meanSquaredError', prediction, target);
  return mean(square(sub(prediction, target)));
};

/**
 * Mean of the absolute differences; where there is none, the gradient is 0.
 *
 * @throws RangeError if the shapes differ
 */
export const meanAbsoluteError: Loss = (prediction, target) => {
  checkShapes('meanAbsoluteError', prediction, target);
  return mean(abs(sub(prediction, target)));
};

/**
 * Mean of −t ln p − (1 − t) ln(1 − p), in nats, with the prediction p clipped to [1e-7, 1 − 1e-7] as in Keras; the
 * gradient is 0 where it is clipped.
 *
 * @param prediction probabilities, not logits
 * @throws RangeError if the shapes differ
 */
export const binaryCrossentropy: Loss = (prediction, target) => {
  checkShapes('binaryCrossentropy', prediction, target);
  const p = clip(prediction, CLIPPING, 1 - CLIPPING);
  return neg(mean(add(mul(target, log(p)), mul(sub(1, target), log(sub(1, p))))));
};
