import { add, div, mul, reshape, type Shape, sqrt, sub, type Tensor } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { flag, from0 } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { weightOf } from './weight-of.js';

/** Options of layers that normalise, about what they do with what they have normalised. */
export const SCALE_AND_CENTER = {
  /** Added to the variance, from 0. Default 0.001. */
  epsilon: [from0, 1e-3],
  /** Whether beta is added. Default true. */
  center: [flag, true],
  /** Whether it is multiplied by gamma. Default true. */
  scale: [flag, true],
  /** Default `zeros`. */
  betaInitializer: [initializer, 'zeros'],
  /** Default `ones`. */
  gammaInitializer: [initializer, 'ones'],
  /** A penalty on beta, a part of the loss. Without it, none. */
  betaRegularizer: [regularizer, undefined],
  /** A penalty on gamma, a part of the loss. Without it, none. */
  gammaRegularizer: [regularizer, undefined],
  /** What holds for beta after each update, such as `nonNeg()`. Default: anything. */
  betaConstraint: [constraintOf, undefined],
  /** Likewise for gamma. */
  gammaConstraint: [constraintOf, undefined],
} as const satisfies Schema;

type ScaleAndCenter = Checked<typeof SCALE_AND_CENTER>;

/** The weights `gamma` and `beta`, as far as the layer has them. */
export function gammaAndBeta(layer: ScaleAndCenter, shape: Shape): readonly WeightSpecification[] {
  const [gamma, beta] = [weightOf(layer, 'gamma', shape), weightOf(layer, 'beta', shape)];
  return [...(layer.scale ? [gamma] : []), ...(layer.center ? [beta] : [])];
}

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * @param shape   to which gamma and beta are reshaped, so that they broadcast to x
 * @param weights gamma and beta, as far as the layer has them
 */
export function normalised(
  layer: ScaleAndCenter,
  x: Tensor,
  average: Tensor,
  variance: Tensor,
  shape: Shape,
  weights: readonly Tensor[],
): Tensor {
  const { scale, center, epsilon } = layer;
  const deviation = sqrt(add(variance, epsilon));
  const normal = mul(sub(x, average), div(scale ? reshape(weights[0], shape) : 1, deviation));
  return center ? add(normal, reshape(weights[scale ? 1 : 0], shape)) : normal;
}
