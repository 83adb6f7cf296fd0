import type { Shape, Tensor } from '@weft/core';
import { conv2d } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { choice, positiveInteger, positivePair } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { biasAndActivation, KERNEL_AND_BIAS, kernelAndBias } from './kernel-and-bias.js';
import { channelsOfGroup, imageShape } from './options.js';

const OPTIONS = {
  /** Channels of the output. */
  filters: positiveInteger,
  /** Height and width of the kernel. */
  kernelSize: positivePair,
  /** Default 1. */
  strides: [positivePair, [1, 1]],
  /** `same` keeps ceil(length / stride) pixels, with zeros around the image. Default `valid`. */
  padding: [choice('valid', 'same'), 'valid'],
  /** Default 1. */
  dilationRate: [positivePair, [1, 1]],
  /** Cuts channels and filters into as many runs; filters see the channels of their own run only. Default 1. */
  groups: [positiveInteger, 1],
  ...KERNEL_AND_BIAS,
} as const satisfies Schema;

/** Convolution of images [height, width, channels], then a bias and an activation. */
export class Conv2D extends layerOf('Conv2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const image = [1, ...imageShape(this.label, inputShape)];
    const { label, kernelSize, strides, dilationRate, padding } = this;
    const window = resolveWindow(label, image, kernelSize, strides, dilationRate, padding);
    return [...windowPositions(label, image, window), this.filters];
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
