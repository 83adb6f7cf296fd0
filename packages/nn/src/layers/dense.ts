import type { Shape, Tensor } from '@weft/core';
import { add, matmul } from '@weft/core';
import { type Initializer, initializerName } from '../weights/initializers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { type ActivationName, activate, activationName } from './activations.js';
import { BaseLayer, type LayerOptions } from './layer.js';
import { flag, positiveInteger } from './options.js';

/** Options of `Dense`, as in Keras. */
export interface DenseOptions extends LayerOptions {
  /** Length of the output's last axis. */
  readonly units: number;
  /** Default `linear`. */
  readonly activation?: ActivationName;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: Initializer;
  /** Default `zeros`. */
  readonly biasInitializer?: Initializer;
}

/** Product of the last axis with a matrix, then a bias and an activation. */
export class Dense extends BaseLayer {
  readonly units: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: DenseOptions) {
    super('Dense', options, ['units', 'activation', 'useBias', 'kernelInitializer', 'biasInitializer']);
    const { activation = 'linear', useBias = true } = options;
    const { kernelInitializer = 'glorotUniform', biasInitializer = 'zeros' } = options;
    this.units = positiveInteger(this.label, 'units', options.units);
    this.activation = activationName(this.label, activation);
    this.useBias = flag(this.label, 'useBias', useBias);
    this.kernelInitializer = initializerName(this.label, 'kernelInitializer', kernelInitializer);
    this.biasInitializer = initializerName(this.label, 'biasInitializer', biasInitializer);
  }

  outputShape(inputShape: Shape): Shape {
    if (inputShape.length === 0) {
      throw new RangeError(
        `${this.label}: each example is a single number without an axis. Reshape the examples to [1].`,
      );
    }
    return [...inputShape.slice(0, -1), this.units];
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const shape = [inputShape[inputShape.length - 1], this.units];
    const kernel = { name: 'kernel', shape, initializer: this.kernelInitializer };
    const bias = { name: 'bias', shape: [this.units], initializer: this.biasInitializer };
    return this.useBias ? [kernel, bias] : [kernel];
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const y = matmul(x, kernel);
    return activate(this.activation, this.useBias ? add(y, bias) : y);
  }

  protected options(): Record<string, unknown> {
    const { units, activation, useBias, kernelInitializer, biasInitializer } = this;
    return { units, activation, useBias, kernelInitializer, biasInitializer };
  }
}
