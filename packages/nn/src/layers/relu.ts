import type { Tensor } from '@weft/core';
import { greater, minimum, mul, relu, sub, where } from '@weft/core';
import { from0 } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { leakyRelu } from './activations.js';
import { shapeKeepingLayerOf } from './declare.js';

const RELU = {
  /** The largest value, from 0. Without it, there is no limit. */
  maxValue: [from0, undefined],
  /** The slope below the threshold, from 0. Default 0. */
  negativeSlope: [from0, 0],
  /** The value above which x is handed on, from 0. Default 0. */
  threshold: [from0, 0],
} as const satisfies Schema;

/**
 * x above the threshold, up to `maxValue`; negativeSlope (x - threshold) elsewhere.
 *
 * @example
 * new ReLU({ maxValue: 6 }).call(tensor([[-1, 2, 7]])); // [[0, 2, 6]]
 */
export class ReLU extends shapeKeepingLayerOf('ReLU', RELU) {
  call(x: Tensor): Tensor {
    const { maxValue, negativeSlope, threshold } = this;
    const below = negativeSlope === 0 ? 0 : mul(sub(x, threshold), negativeSlope);
    const y = threshold === 0 && below === 0 ? relu(x) : where(greater(x, threshold), x, below);
    return maxValue === undefined ? y : minimum(y, maxValue);
  }
}

const LEAKY_RELU = {
  /** The slope below 0, from 0. Default 0.3, while the activation `leakyRelu` has 0.2. */
  negativeSlope: [from0, 0.3],
} as const satisfies Schema;

/**
 * x above 0, negativeSlope x elsewhere.
 *
 * @example
 * new LeakyReLU({ negativeSlope: 0.1 }).call(tensor([[-1, 2]])); // [[-0.1, 2]]
 */
export class LeakyReLU extends shapeKeepingLayerOf('LeakyReLU', LEAKY_RELU) {
  call(x: Tensor): Tensor {
    return leakyRelu(x, this.negativeSlope);
  }
}
