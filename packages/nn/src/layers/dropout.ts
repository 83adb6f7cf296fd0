import type { Shape, Tensor } from '@weft/core';
import { less, mul, where } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { decay } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';

const OPTIONS = {
  /** Part of the elements that become zero, from 0 to below 1. */
  rate: decay,
} as const satisfies Schema;

/**
 * In training, sets a random part of the elements to zero and divides the others by what is left, so that their
 * expectation stays. Otherwise, or in a context without randomness, hands on its input. Called twice, it draws twice.
 *
 * @see Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting
 */
export class Dropout extends layerOf('Dropout', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    if (!context.training || this.rate === 0) return x;
    const drawn = context.draw('mask', 'uniform', x.shape);
    if (!drawn) return x;
    return where(less(drawn, this.rate), 0, mul(x, 1 / (1 - this.rate)));
  }
}
