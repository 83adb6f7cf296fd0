import type { Tensor } from '@weft/core';
import {
  add,
  clip,
  div,
  exp,
  greaterEqual,
  log,
  logSoftmax,
  mul,
  neg,
  oneHot,
  reshape,
  sub,
  sum,
  where,
} from '@weft/core';
import { checkKnownOptions } from '@weft/core/program';
import { logitsOf } from '../layers/activations.js';
import { flag } from '../layers/options.js';
import type { Loss } from './losses.js';
import { asFloat, checkSameShapes, labelsFor, meanOfExamples, weightedLast } from './shapes.js';

/** Options of the cross-entropies. */
export interface CrossentropyOptions {
  /** True if predictions are logits: the model ends without sigmoid or softmax. Default false. */
  readonly fromLogits?: boolean;
}

/** Keras's `epsilon()`: probabilities are kept this far from 0 and 1, where the logarithm has no value. */
const CLIPPING = 1e-7;

function isFromLogits(name: string, options: CrossentropyOptions): boolean {
  checkKnownOptions(name, options, ['fromLogits']);
  return flag(name, 'fromLogits', options.fromLogits ?? false);
}

/** max(z, 0) - z t + ln(1 + e^-|z|), which overflows nowhere, and whose gradient is sigmoid(z) - t everywhere. */
function binaryOfLogits(z: Tensor, target: Tensor): Tensor {
  // Written with `where`, whose gradients at 0 come from one side, so that they add up to 1/2 - t there, too.
  const isPositive = greaterEqual(z, 0);
  const distance = where(isPositive, z, neg(z));
  return add(sub(where(isPositive, z, 0), mul(z, target)), log(add(exp(neg(distance)), 1)));
}

function binaryOfProbabilities(prediction: Tensor, target: Tensor): Tensor {
  const p = clip(prediction, CLIPPING, 1 - CLIPPING);
  return neg(add(mul(target, log(p)), mul(sub(1, target), log(sub(1, p)))));
}

/** Logarithms of probabilities [..., classes]: of logits where these are known. */
function logProbabilities(prediction: Tensor, fromLogits: boolean): Tensor {
  const z = fromLogits ? prediction : logitsOf(prediction, 'softmax');
  if (z && z.shape[z.shape.length - 1] === prediction.shape[prediction.shape.length - 1]) {
    return reshape(logSoftmax(z), prediction.shape);
  }
  const share = div(prediction, sum(prediction, -1, { keepDims: true }));
  return log(clip(share, CLIPPING, 1 - CLIPPING));
}

/**
 * `binaryCrossentropy` with options, such as `fromLogits` for a model that ends without a sigmoid.
 *
 * @throws RangeError if there is another option
 * @example
 * const loss = binaryCrossentropyWith({ fromLogits: true });
 */
export function binaryCrossentropyWith(options: CrossentropyOptions): Loss {
  const fromLogits = isFromLogits('binaryCrossentropyWith', options);
  return function binaryCrossentropy(prediction, target) {
    checkSameShapes('binaryCrossentropy', prediction, target);
    const z = fromLogits ? prediction : logitsOf(prediction, 'sigmoid');
    const t = asFloat(target);
    return meanOfExamples(z ? binaryOfLogits(reshape(z, t.shape), t) : binaryOfProbabilities(prediction, t));
  };
}

/**
 * Mean of -t ln p - (1 - t) ln(1 - p), in nats.
 *
 * Where the prediction is the result of a sigmoid, it is computed of what went into it: so it has gradients however
 * certain and wrong a prediction is. Otherwise p is clipped to [1e-7, 1 - 1e-7] as in Keras, with gradient 0 beyond.
 *
 * @param prediction probabilities [batch, ...]
 * @param target     the same shape, from 0 to 1
 * @returns [batch]
 * @throws RangeError if the shapes differ
 */
export const binaryCrossentropy: Loss = binaryCrossentropyWith({});

/**
 * `categoricalCrossentropy` with options, such as `fromLogits` for a model that ends without a softmax.
 *
 * @throws RangeError if there is another option
 */
export function categoricalCrossentropyWith(options: CrossentropyOptions): Loss {
  const fromLogits = isFromLogits('categoricalCrossentropyWith', options);
  return function categoricalCrossentropy(prediction, target) {
    checkSameShapes('categoricalCrossentropy', prediction, target);
    return meanOfExamples(neg(weightedLast(asFloat(target), logProbabilities(prediction, fromLogits))));
  };
}

/**
 * Sum over the classes of -t ln p, in nats, for targets that give each class its probability, such as one-hot labels.
 * Probabilities are treated as by `sparseCategoricalCrossentropy`.
 *
 * @param prediction probabilities [batch, ..., classes]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 */
export const categoricalCrossentropy: Loss = categoricalCrossentropyWith({});

/**
 * `sparseCategoricalCrossentropy` with options, such as `fromLogits` for a model that ends without a softmax.
 *
 * @throws RangeError if there is another option
 * @example
 * const loss = sparseCategoricalCrossentropyWith({ fromLogits: true });
 */
export function sparseCategoricalCrossentropyWith(options: CrossentropyOptions): Loss {
  const fromLogits = isFromLogits('sparseCategoricalCrossentropyWith', options);
  return function sparseCategoricalCrossentropy(prediction, target) {
    const labels = labelsFor('sparseCategoricalCrossentropy', prediction, target);
    const hot = oneHot(labels, prediction.shape[prediction.shape.length - 1]);
    const loss = neg(weightedLast(hot, logProbabilities(prediction, fromLogits)));
    // A label that is no class is hot nowhere: 0 / 0 makes that known, instead of a loss of 0.
    return meanOfExamples(div(loss, sum(hot, -1)));
  };
}

/**
 * -ln p of the label's class, in nats.
 *
 * Where the prediction is the result of the activation softmax, it is computed of what went into it. Otherwise
 * probabilities are divided by their sum and clipped to [1e-7, 1 - 1e-7], as in Keras.
 *
 * @param prediction probabilities [batch, ..., classes]
 * @param target     whole numbers from 0 to below the number of classes, [batch, ...] or [batch, ..., 1]
 * @returns [batch]; NaN for a label that is no class
 * @throws RangeError if the shapes do not fit
 */
export const sparseCategoricalCrossentropy: Loss = sparseCategoricalCrossentropyWith({});
