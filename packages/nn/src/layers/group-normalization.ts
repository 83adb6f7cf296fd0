import type { Shape, Tensor } from '@weft/core';
import { mean, reshape, square, sub } from '@weft/core';
import { refuse } from '@weft/core/program';
import { axisOfExample } from '../options/readers.js';
import type { Reader, Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { shapeKeepingLayerOf } from './declare.js';
import { axisAmong } from './options.js';
import { gammaAndBeta, normalised, SCALE_AND_CENTER } from './scale-and-center.js';

const groups: Reader<number> = (label, option, value) =>
  Number.isSafeInteger(value) && ((value as number) >= 1 || value === -1)
    ? (value as number)
    : refuse(label, option, value, 'a whole number from 1, or -1 for a group for each channel');

const OPTIONS = {
  /** Number of groups, of which the number of channels is a multiple; -1 makes each channel a group. Default 32. */
  groups: [groups, 32],
  /** The axis of the channels, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axisOfExample, -1],
  ...SCALE_AND_CENTER,
} as const satisfies Schema;

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and (biased) variance over all elements of a group of
 * channels of an example. gamma and beta have a number for each channel.
 *
 * @see Wu and He (2018), Group normalization; options and order of weights as in Keras 3
 * @example
 * const layer = new GroupNormalization({ groups: 2 }); // with groups: -1, instance normalisation
 * const model = new Sequential([layer], { inputShape: [4] });
 * model.call(tensor([[1, 3, 20, 40]])); // [[-1.0, 1.0, -1.0, 1.0]]
 */
export class GroupNormalization extends shapeKeepingLayerOf('GroupNormalization', OPTIONS) {
  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const channels = inputShape[axisAmong(this.label, 'axis', this.axis, inputShape.length + 1) - 1];
    if (channels % this.groupsOf(channels) !== 0) {
      throw new RangeError(
        `${this.label}: ${channels} channels cannot be cut into ${this.groups} groups of one size. ` +
          'Give a number of groups that divides the channels.',
      );
    }
    return gammaAndBeta(this, [channels]);
  }

  call(x: Tensor, weights: readonly Tensor[]): Tensor {
    const axis = axisAmong(this.label, 'axis', this.axis, x.shape.length);
    const count = this.groupsOf(x.shape[axis]);
    // The axis of the channels becomes two: groups, and channels of a group.
    const parts = [count, x.shape[axis] / count];
    const grouped = reshape(x, x.shape.toSpliced(axis, 1, ...parts));
    const axes = grouped.shape.map((_, which) => which).filter((which) => which !== 0 && which !== axis);
    const average = mean(grouped, axes, { keepDims: true });
    const variance = mean(square(sub(grouped, average)), axes, { keepDims: true });
    const shape = x.shape.map(() => 1).toSpliced(axis, 1, ...parts);
    return reshape(normalised(this, grouped, average, variance, shape, weights), x.shape);
  }

  private groupsOf(channels: number): number {
    return this.groups === -1 ? channels : this.groups;
  }
}
