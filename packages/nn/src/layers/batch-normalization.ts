import type { Shape, Tensor } from '@weft/core';
import { add, div, mean, mul, reshape, sqrt, square, sub } from '@weft/core';
import { formatShape } from '@weft/core/program';
import { constraintOf } from '../constraints/constraints.js';
import type { CallContext } from '../model/context.js';
import { axisOfExample, decay, flag, from0 } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';

const OPTIONS = {
  /** The axis of the features, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axisOfExample, -1],
  /** What moving averages keep of themselves in an update, from 0 to below 1. Default 0.99. */
  momentum: [decay, 0.99],
  /** Added to the variance, from 0. Default 0.001. */
  epsilon: [from0, 1e-3],
  /** Whether beta is added. Default true. */
  center: [flag, true],
  /** Whether it is multiplied by gamma. Default true. */
  scale: [flag, true],
  /** What holds for beta after each update, such as `nonNeg()`. Default: anything. */
  betaConstraint: [constraintOf, undefined],
  /** Likewise for gamma. */
  gammaConstraint: [constraintOf, undefined],
} as const satisfies Schema;

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta, feature by feature.
 *
 * In training, mean and (biased) variance are those of the whole batch, over all axes but that of the features, and
 * each call renews the moving averages: moving = momentum * moving + (1 - momentum) * batch. In inference, and where the
 * layer or a model around it is not trainable, the moving averages are used, and stay as they are.
 *
 * @see Ioffe and Szegedy (2015), Batch normalization, algorithm 1; options and order of weights as in Keras 3
 */
export class BatchNormalization extends layerOf('BatchNormalization', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    this.axisIn(inputShape.length + 1);
    return inputShape;
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const shape = [inputShape[this.axisIn(inputShape.length + 1) - 1]];
    return [
      ...(this.scale ? [{ name: 'gamma', shape, initializer: 'ones', constraint: this.gammaConstraint } as const] : []),
      ...(this.center ? [{ name: 'beta', shape, initializer: 'zeros', constraint: this.betaConstraint } as const] : []),
      { name: 'movingMean', shape, initializer: 'zeros', trainable: false },
      { name: 'movingVariance', shape, initializer: 'ones', trainable: false },
    ];
  }

  call(x: Tensor, weights: readonly Tensor[], context: CallContext): Tensor {
    const axis = this.axisIn(x.shape.length);
    const alongAxis = (values: Tensor) =>
      reshape(
        values,
        x.shape.map((length, which) => (which === axis ? length : 1)),
      );
    const gamma = this.scale ? weights[0] : undefined;
    const beta = this.center ? weights[this.scale ? 1 : 0] : undefined;
    const isLearning = context.training && context.trainable && this.trainable;
    const moving = weights.slice(-2);
    const [average, variance] = isLearning ? this.statistics(x, axis) : moving.map(alongAxis);
    if (isLearning) this.renew(context, moving, [average, variance]);
    const deviation = sqrt(add(variance, this.epsilon));
    const normal = mul(sub(x, average), gamma ? div(alongAxis(gamma), deviation) : div(1, deviation));
    return beta ? add(normal, alongAxis(beta)) : normal;
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

  /** The axis of the features among as many, the batch's included. */
  private axisIn(rank: number): number {
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    if (axis >= 1 && axis < rank) return axis;
    throw new RangeError(
      `${this.label}: there is no axis ${this.axis} of features in examples of ${rank - 1} axes${
        rank === 1 ? ` ${formatShape([])}` : ''
      }.`,
    );
  }
}
