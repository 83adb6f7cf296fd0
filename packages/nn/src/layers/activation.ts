import type { Tensor } from '@weft/core';
import type { Schema } from '../options/schema.js';
import { activate, activationName } from './activations.js';
import { shapeKeepingLayerOf } from './declare.js';

const OPTIONS = {
  /** The function, by its name. */
  activation: activationName,
} as const satisfies Schema;

/**
 * A function of each element; softmax over the last axis.
 *
 * @example
 * new Activation({ activation: 'relu' }).call(tensor([[-1, 2]])); // [[0, 2]]
 */
export class Activation extends shapeKeepingLayerOf('Activation', OPTIONS) {
  call(x: Tensor): Tensor {
    return activate(this.activation, x);
  }
}
