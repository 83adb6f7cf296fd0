import type { Shape, Tensor } from '@weft/core';
import { add, mean, mul, reshape, square, sub } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { axisOfExample, decay } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { shapeKeepingLayerOf } from './declare.js';
import { axisAmong } from './options.js';
import { gammaAndBeta, normalised, SCALE_AND_CENTER } from './scale-and-center.js';

const OPTIONS = {
  /** The axis of the features, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axisOfExample, -1],
  /** What moving averages keep of themselves in an update, from 0 to below 1. Default 0.99. */
  momentum: [decay, 0.99],
  ...SCALE_AND_CENTER,
  /** Default `zeros`. */
  movingMeanInitializer: [initializer, 'zeros'],
  /** Default `ones`. */
  movingVarianceInitializer: [initializer, 'ones'],
} as const satisfies Schema;

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta, feature by feature.
 *
 * In training, mean and (biased) variance are those of the whole batch, over all axes but that of the features, and
 * each call renews the moving averages: moving = momentum * moving + (1 - momentum) * batch. In inference, and where the
 * layer or a model around it is not trainable, the moving averages are used, and stay as they are.
 *
 * @see Ioffe and Szegedy (2015), Batch normalization, algorithm 1; options and order of weights as in Keras 3
 * @example
 * const model = new Sequential([new Dense({ units: 8 }), new BatchNormalization()], { inputShape: [4] });
 * model.weights.slice(2).map(({ path }) => path.split('/')[1]); // ['gamma', 'beta', 'movingMean', 'movingVariance']
 */
export class BatchNormalization extends shapeKeepingLayerOf('BatchNormalization', OPTIONS) {
  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const shape = [inputShape[axisAmong(this.label, 'axis', this.axis, inputShape.length + 1) - 1]];
    const { movingMeanInitializer, movingVarianceInitializer } = this;
    return [
      ...gammaAndBeta(this, shape),
      { name: 'movingMean', shape, initializer: movingMeanInitializer, trainable: false },
      { name: 'movingVariance', shape, initializer: movingVarianceInitializer, trainable: false },
    ];
  }

  call(x: Tensor, weights: readonly Tensor[], context: CallContext): Tensor {
    const axis = axisAmong(this.label, 'axis', this.axis, x.shape.length);
    const shape = x.shape.map((length, which) => (which === axis ? length : 1));
    const isLearning = context.training && context.trainable && this.trainable;
    const moving = weights.slice(-2);
    const [average, variance] = isLearning ? this.statistics(x, axis) : moving.map((values) => reshape(values, shape));
    if (isLearning) this.renew(context, moving, [average, variance]);
    return normalised(this, x, average, variance, shape, weights);
  }

  /** Mean and biased variance of the batch, with axes of length 1 but for the features. */
  private statistics(x: Tensor, axis: number): [Tensor, Tensor] {
    const axes = x.shape.map((_, which) => which).filter((which) => which !== axis);
    const average = mean(x, axes, { keepDims: true });
    return [average, mean(square(sub(x, average)), axes, { keepDims: true })];
  }

  private renew(context: CallContext, moving: readonly Tensor[], batch: readonly Tensor[]): void {
    this.weights.slice(-2).forEach((weight, which) => {
      const fresh = mul(reshape(batch[which], weight.shape), 1 - this.momentum);
      context.renew(weight, add(mul(moving[which], this.momentum), fresh));
    });
  }
}
