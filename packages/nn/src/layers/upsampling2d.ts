import type { Shape, Tensor } from '@weft/core';
import { upsample2d } from '@weft/core';
import { choice, positivePair } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';
import { resize } from './resize.js';

const OPTIONS = {
  /** How often each row and column is repeated. Default 2. */
  size: [positivePair, [2, 2]],
  /** `nearest` repeats pixels; `bilinear` weighs the four around a place. Default `nearest`. */
  interpolation: [choice('nearest', 'bilinear'), 'nearest'],
} as const satisfies Schema;

/**
 * Images [height, width, channels] enlarged by whole factors: each pixel becomes a block.
 *
 * @example
 * new UpSampling2D({ size: 2 }).apply(input({ shape: [7, 7, 8] })).shape; // [14, 14, 8]
 */
export class UpSampling2D extends layerOf('UpSampling2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const [height, width, channels] = imageShape(this.label, inputShape);
    return [height * this.size[0], width * this.size[1], channels];
  }

  call(x: Tensor): Tensor {
    if (this.interpolation === 'nearest') return upsample2d(x, this.size);
    const [height, width] = this.outputShape(x.shape.slice(1));
    return resize(x, [height, width], 'bilinear');
  }
}
