import type { Shape, Tensor } from '@weft/core';
import { max, mean } from '@weft/core';
import { flag } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';

const OPTIONS = {
  /** Whether the axes of height and width stay, with length 1. Default false. */
  keepdims: [flag, false],
} as const satisfies Schema;

const IMAGE_AXES = [1, 2];

function pooledShape(label: string, keepdims: boolean, inputShape: Shape): Shape {
  const [, , channels] = imageShape(label, inputShape);
  return keepdims ? [1, 1, channels] : [channels];
}

/**
 * The mean of each channel of images [height, width, channels].
 *
 * @example
 * const image = tensor([1, 2, 3, 6], [1, 2, 2, 1]);
 * new GlobalAveragePooling2D().call(image); // [[3]]
 */
export class GlobalAveragePooling2D extends layerOf('GlobalAveragePooling2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return pooledShape(this.label, this.keepdims, inputShape);
  }

  call(x: Tensor): Tensor {
    return mean(x, IMAGE_AXES, { keepDims: this.keepdims });
  }
}

/**
 * The largest pixel of each channel of images [height, width, channels].
 *
 * @example
 * const image = tensor([1, 2, 3, 6], [1, 2, 2, 1]);
 * new GlobalMaxPooling2D().call(image); // [[6]]
 */
export class GlobalMaxPooling2D extends layerOf('GlobalMaxPooling2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return pooledShape(this.label, this.keepdims, inputShape);
  }

  call(x: Tensor): Tensor {
    return max(x, IMAGE_AXES, { keepDims: this.keepdims });
  }
}
