import type { Shape, Tensor } from '@weft/core';
import { avgPool2d, maxPool2d } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { choice, positivePair } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';

const OPTIONS = {
  /** Height and width of the window. Default 2. */
  poolSize: [positivePair, [2, 2]],
  /** Default: the size of the window. */
  strides: [positivePair, undefined],
  /** `same` keeps ceil(length / stride) windows, some of which reach over the edge. Default `valid`. */
  padding: [choice('valid', 'same'), 'valid'],
} as const satisfies Schema;

type Pooling = Checked<typeof OPTIONS>;

const windowOf = ({ poolSize, strides = poolSize, padding }: Pooling) => ({ strides, padding });

function pooledShape(label: string, pooling: Pooling, inputShape: Shape): Shape {
  const image = [1, ...imageShape(label, inputShape)];
  const { strides, padding } = windowOf(pooling);
  const window = resolveWindow(label, image, pooling.poolSize, strides, 1, padding);
  return [...windowPositions(label, image, window), image[3]];
}

/**
 * The largest pixel under each window of images [height, width, channels].
 *
 * @example
 * const image = tensor([1, 2, 3, 6], [1, 2, 2, 1]);
 * new MaxPooling2D({ poolSize: 2 }).call(image); // [[[[6]]]]
 */
export class MaxPooling2D extends layerOf('MaxPooling2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return pooledShape(this.label, this, inputShape);
  }

  call(x: Tensor): Tensor {
    return maxPool2d(x, this.poolSize, windowOf(this));
  }
}

/**
 * The mean of the pixels under each window of images [height, width, channels]; padding is not counted.
 *
 * @example
 * const image = tensor([1, 2, 3, 6], [1, 2, 2, 1]);
 * new AveragePooling2D({ poolSize: 2 }).call(image); // [[[[3]]]]
 */
export class AveragePooling2D extends layerOf('AveragePooling2D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return pooledShape(this.label, this, inputShape);
  }

  call(x: Tensor): Tensor {
    return avgPool2d(x, this.poolSize, windowOf(this));
  }
}
