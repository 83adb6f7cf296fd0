import type { Tensor } from '@weft/core';
import { add, mul } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { decay, from0 } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { shapeKeepingLayerOf } from './declare.js';

const NOISE = {
  /** Standard deviation of the noise, from 0. */
  stddev: from0,
} as const satisfies Schema;

/**
 * In training, adds normal noise of mean 0. Otherwise, or in a context without randomness, hands on its input. Called
 * twice, it draws twice.
 *
 * @example
 * const model = new Sequential([new GaussianNoise({ stddev: 0.1 })], { inputShape: [2] });
 * model.call(tensor([[1, 2]])); // [[1, 2]]; there is noise only in training
 */
export class GaussianNoise extends shapeKeepingLayerOf('GaussianNoise', NOISE) {
  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    const noise = drawn(x, this.stddev, context);
    return noise ? add(x, noise) : x;
  }
}

const DROPOUT = {
  /** The noise has the deviation sqrt(rate / (1 - rate)), that of `Dropout`; from 0 to below 1. */
  rate: decay,
} as const satisfies Schema;

/**
 * In training, multiplies by normal noise of mean 1. Otherwise, or in a context without randomness, hands on its input.
 *
 * @see Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting, section 10
 * @example
 * const model = new Sequential([new GaussianDropout({ rate: 0.5 })], { inputShape: [2] });
 * model.call(tensor([[1, 2]])); // [[1, 2]]; there is noise only in training
 */
export class GaussianDropout extends shapeKeepingLayerOf('GaussianDropout', DROPOUT) {
  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    const noise = drawn(x, Math.sqrt(this.rate / (1 - this.rate)), context);
    return noise ? mul(x, add(noise, 1)) : x;
  }
}

/** Normal noise of mean 0 in the shape of x, in training. */
function drawn(x: Tensor, deviation: number, context: CallContext): Tensor | undefined {
  if (!context.training || deviation === 0) return undefined;
  const normal = context.draw('noise', 'normal', x.shape);
  return normal && mul(normal, deviation);
}
