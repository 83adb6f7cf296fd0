import type { Shape, Tensor } from '@weft/core';
import { add, matmul } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { flag, positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { initializerName } from '../weights/initializers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { activate, activationName } from './activations.js';
import { layerOf } from './declare.js';

const OPTIONS = {
  /** Length of the output's last axis. */
  units: positiveInteger,
  /** Default `linear`. */
  activation: [activationName, 'linear'],
  /** Default true. */
  useBias: [flag, true],
  /** Default `glorotUniform`. */
  kernelInitializer: [initializerName, 'glorotUniform'],
  /** Default `zeros`. */
  biasInitializer: [initializerName, 'zeros'],
  /** What holds for the kernel after each update, such as `maxNorm()`. Default: anything. */
  kernelConstraint: [constraintOf, undefined],
  /** Likewise for the bias. */
  biasConstraint: [constraintOf, undefined],
} as const satisfies Schema;

/** Product of the last axis with a matrix, then a bias and an activation. */
export class Dense extends layerOf('Dense', OPTIONS) {
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
    const kernel = { name: 'kernel', shape, initializer: this.kernelInitializer, constraint: this.kernelConstraint };
    const bias = {
      name: 'bias',
      shape: [this.units],
      initializer: this.biasInitializer,
      constraint: this.biasConstraint,
    };
    return this.useBias ? [kernel, bias] : [kernel];
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const y = matmul(x, kernel);
    return activate(this.activation, this.useBias ? add(y, bias) : y);
  }
}
