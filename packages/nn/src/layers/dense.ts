import type { Shape, Tensor } from '@weft/core';
import { matmul } from '@weft/core';
import { positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { biasAndActivation, KERNEL_AND_BIAS, kernelAndBias } from './kernel-and-bias.js';

const OPTIONS = {
  /** Length of the output's last axis. */
  units: positiveInteger,
  ...KERNEL_AND_BIAS,
} as const satisfies Schema;

/**
 * Product of the last axis with a matrix, then a bias and an activation.
 *
 * @example
 * const model = new Sequential([new Dense({ units: 10, activation: 'softmax' })], { inputShape: [784] });
 * model.outputShape; // [10]
 * model.weights.map(({ shape }) => shape); // [[784, 10], [10]]
 */
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
    return kernelAndBias(this, [inputShape[inputShape.length - 1], this.units], this.units);
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    return biasAndActivation(this, matmul(x, kernel), bias);
  }
}
