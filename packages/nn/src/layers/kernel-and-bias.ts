import { add, type Shape, type Tensor } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { flag } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { activate, activationName } from './activations.js';

/** Options of layers with a kernel, a bias and an activation. */
export const KERNEL_AND_BIAS = {
  /** Default `linear`. */
  activation: [activationName, 'linear'],
  /** Default true. */
  useBias: [flag, true],
  /** Default `glorotUniform`. */
  kernelInitializer: [initializer, 'glorotUniform'],
  /** Default `zeros`. */
  biasInitializer: [initializer, 'zeros'],
  /** A penalty on the kernel, a part of the loss. Without it, none. */
  kernelRegularizer: [regularizer, undefined],
  /** A penalty on the bias, a part of the loss. Without it, none. */
  biasRegularizer: [regularizer, undefined],
  /** What holds for the kernel after each update, such as `maxNorm()`. Default: anything. */
  kernelConstraint: [constraintOf, undefined],
  /** Likewise for the bias. */
  biasConstraint: [constraintOf, undefined],
} as const satisfies Schema;

type KernelAndBias = Checked<typeof KERNEL_AND_BIAS>;

/** The weights `kernel` and, where the layer has one, `bias` [outputs]. */
export function kernelAndBias(
  layer: KernelAndBias,
  kernelShape: Shape,
  outputs: number,
): readonly WeightSpecification[] {
  const kernel = {
    name: 'kernel',
    shape: kernelShape,
    initializer: layer.kernelInitializer,
    regularizer: layer.kernelRegularizer,
    constraint: layer.kernelConstraint,
  };
  const bias = {
    name: 'bias',
    shape: [outputs],
    initializer: layer.biasInitializer,
    regularizer: layer.biasRegularizer,
    constraint: layer.biasConstraint,
  };
  return layer.useBias ? [kernel, bias] : [kernel];
}

/** The activation of y plus the bias, where there is one. */
export function biasAndActivation(layer: KernelAndBias, y: Tensor, bias: Tensor | undefined): Tensor {
  return activate(layer.activation, bias ? add(y, bias) : y);
}
