import type { Shape, Tensor } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { axesOfExample } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { leakyRelu } from './activations.js';
import { shapeKeepingLayerOf } from './declare.js';
import { axisAmong } from './options.js';
import { weightOf } from './weight-of.js';

const OPTIONS = {
  /** First slopes. Default `zeros`. */
  alphaInitializer: [initializer, 'zeros'],
  /** A penalty on the slopes. Without it, none. */
  alphaRegularizer: [regularizer, undefined],
  /** What holds for the slopes after each update, such as `nonNeg()`. Default: anything. */
  alphaConstraint: [constraintOf, undefined],
  /** Axes along which elements share a slope, where 0 is the batch: [1, 2] gives one to each channel. Default: none. */
  sharedAxes: [axesOfExample, undefined],
} as const satisfies Schema;

/**
 * x above 0, alpha x elsewhere, where alpha is a weight for each element of an example.
 *
 * @see He et al. (2015), Delving deep into rectifiers, equation 1
 * @example
 * const layer = new PReLU({ sharedAxes: [1, 2] }); // a slope for each channel of an image
 * new Sequential([layer], { inputShape: [28, 28, 8] }).weights[0].shape; // [1, 1, 8]
 */
export class PReLU extends shapeKeepingLayerOf('PReLU', OPTIONS) {
  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const shared = (this.sharedAxes ?? []).map((axis) =>
      axisAmong(this.label, 'sharedAxes', axis, inputShape.length + 1),
    );
    const shape = inputShape.map((length, axis) => (shared.includes(axis + 1) ? 1 : length));
    return [weightOf(this, 'alpha', shape)];
  }

  call(x: Tensor, [alpha]: readonly Tensor[]): Tensor {
    return leakyRelu(x, alpha);
  }
}
