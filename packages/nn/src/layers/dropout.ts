import type { Shape, Tensor } from '@weft/core';
import { add, greaterEqual, less, mul, where } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { decay } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { shapeKeepingLayerOf } from './declare.js';
import { imageShape } from './options.js';

const OPTIONS = {
  /** Part of the elements that become zero, from 0 to below 1. */
  rate: decay,
} as const satisfies Schema;

/**
 * In training, sets a random part of the elements to zero and divides the others by what is left, so that their
 * expectation stays. Otherwise, or in a context without randomness, hands on its input. Called twice, it draws twice.
 *
 * @see Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting
 * @example
 * const model = new Sequential([new Dropout({ rate: 0.5 })], { inputShape: [2] });
 * model.call(tensor([[1, 2]])); // [[1, 2]]; nothing is dropped but in training
 */
export class Dropout extends shapeKeepingLayerOf('Dropout', OPTIONS) {
  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    return dropped(x, x.shape, this.rate, context);
  }
}

/**
 * In training, sets a random part of the channels of images [height, width, channels] to zero and divides the others by
 * what is left. Otherwise, or in a context without randomness, hands on its input.
 *
 * @see Tompson et al. (2015), Efficient object localization using convolutional networks
 * @example
 * const model = new Sequential([new SpatialDropout2D({ rate: 0.2 })], { inputShape: [28, 28, 8] });
 * model.outputShape; // [28, 28, 8]
 */
export class SpatialDropout2D extends shapeKeepingLayerOf('SpatialDropout2D', OPTIONS) {
  override outputShape(inputShape: Shape): Shape {
    return imageShape(this.label, inputShape);
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    return dropped(x, [x.shape[0], 1, 1, x.shape[3]], this.rate, context);
  }
}

/** @param shape of the mask, which broadcasts to x */
function dropped(x: Tensor, shape: Shape, rate: number, context: CallContext): Tensor {
  if (!context.training || rate === 0) return x;
  const drawn = context.draw('mask', 'uniform', shape);
  return drawn ? where(less(drawn, rate), 0, mul(x, 1 / (1 - rate))) : x;
}

/** What SELU gives far below 0: -1.7580993408473766. */
const SELU_LOW = -1.7580993408473766;

/**
 * In training, sets a random part of the elements to what SELU gives far below 0, then scales and shifts all, so that
 * mean and variance stay. Otherwise, or in a context without randomness, hands on its input.
 *
 * @see Klambauer et al. (2017), Self-normalizing neural networks
 * @example
 * const layers = [new Dense({ units: 8, activation: 'selu' }), new AlphaDropout({ rate: 0.1 })];
 * const model = new Sequential(layers, { inputShape: [4] });
 * model.outputShape; // [8]
 */
export class AlphaDropout extends shapeKeepingLayerOf('AlphaDropout', OPTIONS) {
  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    const { rate } = this;
    if (!context.training || rate === 0) return x;
    const drawn = context.draw('mask', 'uniform', x.shape);
    if (!drawn) return x;
    const factor = 1 / Math.sqrt((1 - rate) * (1 + rate * SELU_LOW * SELU_LOW));
    const kept = where(greaterEqual(drawn, rate), x, SELU_LOW);
    return add(mul(kept, factor), -factor * SELU_LOW * rate);
  }
}
