import { add, type Shape, type Tensor } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { flag } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { activate, activationName } from './activations.js';
import { weightOf } from './weight-of.js';

/** Options of layers that end in a bias and an activation. */
export const BIAS_AND_ACTIVATION = {
  /** Default `linear`. */
  activation: [activationName, 'linear'],
  /** Default true. */
  useBias: [flag, true],
  /** Default `zeros`. */
  biasInitializer: [initializer, 'zeros'],
  /** A penalty on the bias, a part of the loss. Without it, none. */
  biasRegularizer: [regularizer, undefined],
  /** What holds for the bias after each update, such as `maxNorm()`. Default: anything. */
  biasConstraint: [constraintOf, undefined],
} as const satisfies Schema;

/** Options of layers with a kernel, a bias and an activation. */
export const KERNEL_AND_BIAS = {
  ...BIAS_AND_ACTIVATION,
  /** Default `glorotUniform`. */
  kernelInitializer: [initializer, 'glorotUniform'],
  /** A penalty on the kernel, a part of the loss. Without it, none. */
  kernelRegularizer: [regularizer, undefined],
  /** What holds for the kernel after each update, such as `maxNorm()`. Default: anything. */
  kernelConstraint: [constraintOf, undefined],
} as const satisfies Schema;

type BiasAndActivation = Checked<typeof BIAS_AND_ACTIVATION>;
type KernelAndBias = Checked<typeof KERNEL_AND_BIAS>;

/** The weight `bias` [outputs], where the layer has one. */
export function biasOf(layer: BiasAndActivation, outputs: number): readonly WeightSpecification[] {
  return layer.useBias ? [weightOf(layer, 'bias', [outputs])] : [];
}

/** The weights `kernel` and, where the layer has one, `bias` [outputs]. */
export function kernelAndBias(
  layer: KernelAndBias,
  kernelShape: Shape,
  outputs: number,
): readonly WeightSpecification[] {
  return [weightOf(layer, 'kernel', kernelShape), ...biasOf(layer, outputs)];
}

/** The activation of y plus the bias, where there is one. */
export function biasAndActivation(layer: BiasAndActivation, y: Tensor, bias: Tensor | undefined): Tensor {
  return activate(layer.activation, bias ? add(y, bias) : y);
}
