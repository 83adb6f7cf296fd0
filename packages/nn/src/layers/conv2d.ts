import type { Shape, Tensor } from '@weft/core';
import { conv2d } from '@weft/core';
import { positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { biasAndActivation, KERNEL_AND_BIAS, kernelAndBias } from './kernel-and-bias.js';
import { channelsOfGroup, imageShape } from './options.js';
import { WINDOW, windowedShape } from './window.js';

const OPTIONS = {
  /** Channels of the output. */
  filters: positiveInteger,
  ...WINDOW,
  /** Cuts channels and filters into as many runs; filters see the channels of their own run only. Default 1. */
  groups: [positiveInteger, 1],
  ...KERNEL_AND_BIAS,
} as const satisfies Schema;

/**
 * Convolution of images [height, width, channels], then a bias and an activation.
 *
 * @example
 * const layer = new Conv2D({ filters: 32, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' });
 * layer.apply(input({ shape: [28, 28, 1] })).shape; // [14, 14, 32]
 */
export class Conv2D extends layerOf('Conv2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return [...windowedShape(this.label, this, inputShape), this.filters];
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const [, , channels] = imageShape(this.label, inputShape);
    const inside = channelsOfGroup(this.label, channels, this);
    return kernelAndBias(this, [...this.kernelSize, inside, this.filters], this.filters);
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const { strides, padding, dilationRate: dilation, groups } = this;
    return biasAndActivation(this, conv2d(x, kernel, { strides, padding, dilation, groups }), bias);
  }
}
