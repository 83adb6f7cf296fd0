import type { Shape, Tensor } from '@weft/core';
import { upsample2d } from '@weft/core';
import { choice, positivePair } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';

const OPTIONS = {
  /** How often each row and column is repeated. Default 2. */
  size: [positivePair, [2, 2]],
  /** Only `nearest`. */
  interpolation: [choice('nearest'), 'nearest'],
} as const satisfies Schema;

/** Each pixel of images [height, width, channels] repeated over a block. */
export class UpSampling2D extends layerOf('UpSampling2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const [height, width, channels] = imageShape(this.label, inputShape);
    return [height * this.size[0], width * this.size[1], channels];
  }

  call(x: Tensor): Tensor {
    return upsample2d(x, this.size);
  }
}
