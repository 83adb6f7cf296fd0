import type { Shape, Tensor } from '@weft/core';
import { type ActivationName, activate, activationName } from './activations.js';
import { BaseLayer, type LayerOptions } from './layer.js';

/** Options of `Activation`, as in Keras. */
export interface ActivationOptions extends LayerOptions {
  readonly activation: ActivationName;
}

/** A function of each element. */
export class Activation extends BaseLayer {
  readonly activation: ActivationName;

  /** @throws RangeError if there is no activation of that name */
  constructor(options: ActivationOptions) {
    super('Activation', options, ['activation']);
    this.activation = activationName(this.label, options.activation);
  }

  outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  call(x: Tensor): Tensor {
    return activate(this.activation, x);
  }

  protected options(): Record<string, unknown> {
    return { activation: this.activation };
  }
}
