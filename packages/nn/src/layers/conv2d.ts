import type { Shape, Tensor } from '@weft/core';
import { add, conv2d } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { constraintOf } from '../constraints/constraints.js';
import { choice, flag, positiveInteger, positivePair } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { initializerName } from '../weights/initializers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { activate, activationName } from './activations.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';

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
  /** Default `linear`. */
  activation: [activationName, 'linear'],
  /** Default true. */
  useBias: [flag, true],
  /** Default `glorotUniform`. */
  kernelInitializer: [initializerName, 'glorotUniform'],
  /** Default `zeros`. */
  biasInitializer: [initializerName, 'zeros'],
  /** What holds for the kernel after each update, such as `maxNorm()`. Default: anything. */
  kernelConstraint: [constraintOf, undefined],
  /** Likewise for the bias. */
  biasConstraint: [constraintOf, undefined],
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
    const shape = [...this.kernelSize, channels, this.filters];
    const kernel = { name: 'kernel', shape, initializer: this.kernelInitializer, constraint: this.kernelConstraint };
    const bias = {
      name: 'bias',
      shape: [this.filters],
      initializer: this.biasInitializer,
      constraint: this.biasConstraint,
    };
    return this.useBias ? [kernel, bias] : [kernel];
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const { strides, padding, dilationRate: dilation } = this;
    const y = conv2d(x, kernel, { strides, padding, dilation });
    return activate(this.activation, this.useBias ? add(y, bias) : y);
  }
}
