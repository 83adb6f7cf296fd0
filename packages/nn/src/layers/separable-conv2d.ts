import { conv2d, depthwiseConv2d, type Shape, type Tensor } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { DEPTHWISE, depthwiseKernel } from './depthwise.js';
import { BIAS_AND_ACTIVATION, biasAndActivation, biasOf } from './kernel-and-bias.js';
import { imageShape } from './options.js';
import { weightOf } from './weight-of.js';
import { WINDOW, windowedShape } from './window.js';

const OPTIONS = {
  /** Channels of the output. */
  filters: positiveInteger,
  ...WINDOW,
  ...DEPTHWISE,
  /** Default `glorotUniform`. */
  pointwiseInitializer: [initializer, 'glorotUniform'],
  /** A penalty on the kernel of 1x1, a part of the loss. Without it, none. */
  pointwiseRegularizer: [regularizer, undefined],
  /** What holds for the kernel of 1x1 after each update, such as `maxNorm()`. Default: anything. */
  pointwiseConstraint: [constraintOf, undefined],
  ...BIAS_AND_ACTIVATION,
} as const satisfies Schema;

/**
 * Convolution of each channel of images [height, width, channels] by itself, then of all channels of each pixel; then a bias
 * and an activation. Far fewer products than `Conv2D`.
 *
 * @example
 * const layer = new SeparableConv2D({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' });
 * layer.apply(input({ shape: [16, 16, 4] })).shape; // [16, 16, 8]
 */
export class SeparableConv2D extends layerOf('SeparableConv2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return [...windowedShape(this.label, this, inputShape), this.filters];
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const [, , channels] = imageShape(this.label, inputShape);
    const shape = [1, 1, channels * this.depthMultiplier, this.filters];
    const pointwise = weightOf(this, 'pointwise', shape, 'pointwiseKernel');
    return [depthwiseKernel('depthwiseKernel', this, channels), pointwise, ...biasOf(this, this.filters)];
  }

  call(x: Tensor, [depthwise, pointwise, bias]: readonly Tensor[]): Tensor {
    const { strides, padding, dilationRate: dilation } = this;
    return biasAndActivation(
      this,
      conv2d(depthwiseConv2d(x, depthwise, { strides, padding, dilation }), pointwise),
      bias,
    );
  }
}
