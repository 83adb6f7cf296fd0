import type { Shape, Tensor } from '@weft/core';
import { choice, positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';
import { resize } from './resize.js';

const OPTIONS = {
  /** Rows of the result. */
  height: positiveInteger,
  /** Columns of the result. */
  width: positiveInteger,
  /** `bilinear` weighs the four pixels around a place, `nearest` takes one. Default `bilinear`. */
  interpolation: [choice('bilinear', 'nearest'), 'bilinear'],
} as const satisfies Schema;

/**
 * Images [height, width, channels] in another size, each side by a factor of its own. Nothing is averaged when they become
 * smaller: it is Keras's layer with `antialias` false, its default.
 *
 * @example
 * new Resizing({ height: 14, width: 14 }).apply(input({ shape: [28, 28, 1] })).shape; // [14, 14, 1]
 */
export class Resizing extends layerOf('Resizing', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return [this.height, this.width, imageShape(this.label, inputShape)[2]];
  }

  call(x: Tensor): Tensor {
    return resize(x, [this.height, this.width], this.interpolation);
  }
}
