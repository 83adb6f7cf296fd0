import type { Shape, Tensor } from '@weft/core';
import type { Schema } from '../options/schema.js';
import { activate, activationName } from './activations.js';
import { layerOf } from './declare.js';

const OPTIONS = {
  /** The function, by its name. */
  activation: activationName,
} as const satisfies Schema;

/** A function of each element; softmax over the last axis. */
export class Activation extends layerOf('Activation', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  call(x: Tensor): Tensor {
    return activate(this.activation, x);
  }
}
