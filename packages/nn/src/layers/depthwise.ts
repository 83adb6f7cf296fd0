import { constraintOf } from '../constraints/constraints.js';
import { positiveInteger } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { weightOf } from './weight-of.js';
import type { WINDOW } from './window.js';

/** Options of kernels that each see one channel. */
export const DEPTHWISE = {
  /** Kernels of each channel. Default 1. */
  depthMultiplier: [positiveInteger, 1],
  /** Default `glorotUniform`. */
  depthwiseInitializer: [initializer, 'glorotUniform'],
  /** A penalty on the kernels of the channels, a part of the loss. Without it, none. */
  depthwiseRegularizer: [regularizer, undefined],
  /** What holds for the kernels of the channels after each update, such as `maxNorm()`. Default: anything. */
  depthwiseConstraint: [constraintOf, undefined],
} as const satisfies Schema;

/** The weight of the kernels of all channels. */
export function depthwiseKernel(
  name: string,
  layer: Checked<typeof DEPTHWISE> & Pick<Checked<typeof WINDOW>, 'kernelSize'>,
  channels: number,
): WeightSpecification {
  return weightOf(layer, 'depthwise', [...layer.kernelSize, channels, layer.depthMultiplier], name);
}
