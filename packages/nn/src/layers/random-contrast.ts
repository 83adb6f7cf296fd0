import { add, clip, mean, mul, reshape, type Shape, sub, type Tensor } from '@weft/core';
import { refuse } from '@weft/core/program';
import type { CallContext } from '../model/context.js';
import type { Reader, Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';
import { type DrawnRange, drawFrom } from './random-affine.js';

const isPair = (value: unknown): value is DrawnRange =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);

const contrastRange: Reader<DrawnRange, number | DrawnRange> = (label, option, value) => {
  const pair = typeof value === 'number' ? [value, value] : value;
  if (!isPair(pair) || pair.some((part) => Math.abs(part) > 1) || -pair[0] > pair[1]) {
    refuse(label, option, value, 'a number from 0 to 1, or two, lower and upper, with -lower up to upper');
  }
  return [pair[0], pair[1]];
};

const valueRange: Reader<DrawnRange> = (label, option, value) =>
  isPair(value) && value[0] <= value[1]
    ? [value[0], value[1]]
    : refuse(label, option, value, 'the least and the largest value of a pixel');

const OPTIONS = {
  /** Contrast is multiplied by 1 - lower to 1 + upper: one number for both, or the two, from -1 to 1. */
  factor: contrastRange,
  /** What pixels are kept within afterwards. Default [0, 255]. */
  valueRange: [valueRange, [0, 255]],
} as const satisfies Schema;

/**
 * In training, multiplies the distance of pixels from their mean, for each image and channel of images
 * [height, width, channels], by a number that is drawn for each image, and keeps them within a range. Outside of training, or
 * in a context without randomness, it hands on its input.
 *
 * One number f stands for 1 - f to 1 + f, as Keras documents it; Keras 3.15 draws from 1 to 1 + f.
 *
 * @example
 * const layer = new RandomContrast({ factor: 0.2, valueRange: [0, 1] });
 * layer.apply(input({ shape: [28, 28, 1] })).shape; // [28, 28, 1]
 */
export class RandomContrast extends layerOf('RandomContrast', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return imageShape(this.label, inputShape);
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    if (!context.training) return x;
    const [lower, upper] = this.factor;
    const drawn = drawFrom(context, 'contrast', x.shape[0], [1 - lower, 1 + upper]);
    if (!drawn) return x;
    const average = mean(x, [1, 2], { keepDims: true });
    const changed = add(mul(sub(x, average), reshape(drawn, [-1, 1, 1, 1])), average);
    return clip(changed, ...this.valueRange);
  }
}
