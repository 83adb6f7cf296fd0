import type { Shape, Tensor } from '@weft/core';
import { mean, square, sub } from '@weft/core';
import { axesOfExample } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { shapeKeepingLayerOf } from './declare.js';
import { axisAmong } from './options.js';
import { gammaAndBeta, normalised, SCALE_AND_CENTER } from './scale-and-center.js';

const OPTIONS = {
  /** The axis or axes to normalise over, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axesOfExample, [-1]],
  ...SCALE_AND_CENTER,
} as const satisfies Schema;

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and (biased) variance over axes of each example. gamma
 * and beta have a number for each element along these axes.
 *
 * @see Ba et al. (2016), Layer normalization; options and order of weights as in Keras 3
 * @example
 * const model = new Sequential([new LayerNormalization()], { inputShape: [2] });
 * model.call(tensor([[1, 3]])); // [[-1.0, 1.0]]
 */
export class LayerNormalization extends shapeKeepingLayerOf('LayerNormalization', OPTIONS) {
  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const axes = this.axesIn(inputShape.length + 1);
    return gammaAndBeta(
      this,
      axes.map((axis) => inputShape[axis - 1]),
    );
  }

  call(x: Tensor, weights: readonly Tensor[]): Tensor {
    const axes = this.axesIn(x.shape.length);
    const average = mean(x, axes, { keepDims: true });
    const variance = mean(square(sub(x, average)), axes, { keepDims: true });
    const shape = x.shape.map((length, axis) => (axes.includes(axis) ? length : 1));
    return normalised(this, x, average, variance, shape, weights);
  }

  /** In rising order, as Keras sorts them. */
  private axesIn(rank: number): readonly number[] {
    const axes = this.axis.map((axis) => axisAmong(this.label, 'axis', axis, rank)).sort((a, b) => a - b);
    if (new Set(axes).size === axes.length) return axes;
    throw new RangeError(`${this.label}: axis is [${this.axis}], which names an axis twice. Give each axis once.`);
  }
}
