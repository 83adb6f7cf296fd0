import type { Shape } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { constraintOf } from '../constraints/constraints.js';
import { choice, positiveInteger, positivePair } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { imageShape } from './options.js';

/** Options of how a kernel moves over images. */
export const WINDOW = {
  /** Height and width of the kernel. */
  kernelSize: positivePair,
  /** Default 1. */
  strides: [positivePair, [1, 1]],
  /** `same` keeps ceil(length / stride) pixels, with zeros around the image. Default `valid`. */
  padding: [choice('valid', 'same'), 'valid'],
  /** Default 1. */
  dilationRate: [positivePair, [1, 1]],
} as const satisfies Schema;

/** Options of kernels that each see one channel. */
export const DEPTHWISE = {
  /** Kernels of each channel. Default 1. */
  depthMultiplier: [positiveInteger, 1],
  /** Default `glorotUniform`. */
  depthwiseInitializer: [initializer, 'glorotUniform'],
  /** A penalty on the kernels of the channels, a part of the loss. Without it, none. */
  depthwiseRegularizer: [regularizer, undefined],
  /** What holds for the kernels of the channels after each update, such as `maxNorm()`. Default: anything. */
  depthwiseConstraint: [constraintOf, undefined],
} as const satisfies Schema;

/** Rows and columns of what a kernel gives. */
export function windowedShape(label: string, layer: Checked<typeof WINDOW>, inputShape: Shape): Shape {
  const image = [1, ...imageShape(label, inputShape)];
  const { kernelSize, strides, dilationRate, padding } = layer;
  return windowPositions(label, image, resolveWindow(label, image, kernelSize, strides, dilationRate, padding));
}

/** The weight of the kernels of all channels. */
export function depthwiseKernel(
  name: string,
  layer: Checked<typeof DEPTHWISE> & Pick<Checked<typeof WINDOW>, 'kernelSize'>,
  channels: number,
): WeightSpecification {
  return {
    name,
    shape: [...layer.kernelSize, channels, layer.depthMultiplier],
    initializer: layer.depthwiseInitializer,
    regularizer: layer.depthwiseRegularizer,
    constraint: layer.depthwiseConstraint,
  };
}
