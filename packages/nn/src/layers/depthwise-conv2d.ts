import { depthwiseConv2d, type Shape, type Tensor } from '@weft/core';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { DEPTHWISE, depthwiseKernel } from './depthwise.js';
import { BIAS_AND_ACTIVATION, biasAndActivation, biasOf } from './kernel-and-bias.js';
import { imageShape } from './options.js';
import { WINDOW, windowedShape } from './window.js';

const OPTIONS = { ...WINDOW, ...DEPTHWISE, ...BIAS_AND_ACTIVATION } as const satisfies Schema;

/**
 * Convolution of each channel of images [height, width, channels] with kernels of its own, then a bias and an activation.
 * Its kernel is [height, width, channels, depthMultiplier], as in Keras.
 *
 * @example
 * const layers = [new DepthwiseConv2D({ kernelSize: 3, padding: 'same' }), new Conv2D({ filters: 8, kernelSize: 1 })];
 * const model = new Sequential(layers, { inputShape: [16, 16, 4] });
 * model.outputShape; // [16, 16, 8]
 */
export class DepthwiseConv2D extends layerOf('DepthwiseConv2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const [, , channels] = imageShape(this.label, inputShape);
    return [...windowedShape(this.label, this, inputShape), channels * this.depthMultiplier];
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const [, , channels] = imageShape(this.label, inputShape);
    return [depthwiseKernel('kernel', this, channels), ...biasOf(this, channels * this.depthMultiplier)];
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const { strides, padding, dilationRate: dilation } = this;
    return biasAndActivation(this, depthwiseConv2d(x, kernel, { strides, padding, dilation }), bias);
  }
}
