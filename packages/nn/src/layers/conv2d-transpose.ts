import { conv2dTranspose, type Shape, type Tensor } from '@weft/core';
import { refuse, transposedWindow } from '@weft/core/program';
import { choice, positiveInteger, positivePair } from '../options/readers.js';
import type { Reader, Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { biasAndActivation, KERNEL_AND_BIAS, kernelAndBias } from './kernel-and-bias.js';
import { imageShape } from './options.js';

/** Two whole numbers from 0; core compares them with the strides. */
const amounts: Reader<readonly [number, number], number | readonly [number, number]> = (label, option, value) => {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const isAmount = (amount: unknown) => Number.isSafeInteger(amount) && (amount as number) >= 0;
  return pair.length === 2 && pair.every(isAmount)
    ? [pair[0] as number, pair[1] as number]
    : refuse(label, option, value, 'a whole number from 0, or two of them for height and width');
};

const OPTIONS = {
  /** Channels of the output. */
  filters: positiveInteger,
  /** Height and width of the kernel. */
  kernelSize: positivePair,
  /** How much larger the output is. Default 1. */
  strides: [positivePair, [1, 1]],
  /** `same` gives length times stride pixels, `valid` all that a kernel reaches. Default `valid`. */
  padding: [choice('valid', 'same'), 'valid'],
  /** Rows and columns at the end, fewer than the stride. Default: as many as make the length that `padding` names. */
  outputPadding: [amounts, undefined],
  /** Default 1. */
  dilationRate: [positivePair, [1, 1]],
  ...KERNEL_AND_BIAS,
} as const satisfies Schema;

/**
 * Transposed convolution of images [height, width, channels], then a bias and an activation: learnt upsampling. Its kernel is
 * [height, width, filters, channels], as in Keras.
 *
 * @example
 * const layers = [new Conv2DTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' })];
 * const model = new Sequential(layers, { inputShape: [8, 8, 16] });
 * console.log(model.outputShape); // [ 16, 16, 3 ]
 */
export class Conv2DTranspose extends layerOf('Conv2DTranspose', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const image = [1, ...imageShape(this.label, inputShape)];
    return transposedWindow(this.label, image, this.kernelSize, this.filters, this.windowOptions).shape.slice(1);
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const [, , channels] = imageShape(this.label, inputShape);
    return kernelAndBias(this, [...this.kernelSize, this.filters, channels], this.filters);
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    return biasAndActivation(this, conv2dTranspose(x, kernel, this.windowOptions), bias);
  }

  private get windowOptions() {
    const { strides, padding, outputPadding, dilationRate: dilation } = this;
    return { strides, padding, dilation, ...(outputPadding && { outputPadding }) };
  }
}
