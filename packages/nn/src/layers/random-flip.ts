import { flip, less, type Shape, type Tensor, where } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { choice } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';

/** The axes of a batch of images that each mode mirrors. */
const AXES = { horizontal: [2], vertical: [1], horizontal_and_vertical: [2, 1] } as const;

const OPTIONS = {
  /** `horizontal` exchanges left and right, `vertical` top and bottom. Default `horizontal_and_vertical`. */
  mode: [choice('horizontal', 'vertical', 'horizontal_and_vertical'), 'horizontal_and_vertical'],
} as const satisfies Schema;

/**
 * In training, mirrors each image [height, width, channels] with probability 1/2. For both axes it draws twice; Keras 3
 * draws once for both. Outside of training, or in a context without randomness, it hands on its input.
 *
 * @example
 * const layer = new RandomFlip({ mode: 'horizontal' });
 * layer.apply(input({ shape: [28, 28, 1] })).shape; // [28, 28, 1]
 */
export class RandomFlip extends layerOf('RandomFlip', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return imageShape(this.label, inputShape);
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    if (!context.training) return x;
    return AXES[this.mode].reduce((images: Tensor, axis) => {
      const drawn = context.draw(axis === 1 ? 'vertical' : 'horizontal', 'uniform', [x.shape[0], 1, 1, 1]);
      return drawn ? where(less(drawn, 0.5), flip(images, axis), images) : images;
    }, x);
  }
}
