import { avgPool2d, max, maxPool2d, mean, reshape, type Shape, type Tensor } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { choice, flag, positiveInteger } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { sequenceShape } from './options.js';

const OPTIONS = {
  /** Length of the window. Default 2. */
  poolSize: [positiveInteger, 2],
  /** Default: the length of the window. */
  strides: [positiveInteger, undefined],
  /** `same` keeps ceil(length / stride) windows, some of which reach over the ends. Default `valid`. */
  padding: [choice('valid', 'same'), 'valid'],
} as const satisfies Schema;

type Pooling = Checked<typeof OPTIONS>;

function pooledShape(label: string, { poolSize, strides = poolSize, padding }: Pooling, inputShape: Shape): Shape {
  const image = [1, 1, ...sequenceShape(label, inputShape)];
  const window = resolveWindow(label, image, [1, poolSize], [1, strides], 1, padding);
  return [windowPositions(label, image, window)[1], image[3]];
}

/** Pools sequences [batch, length, channels] as images of one row. */
function pooled(pool: typeof maxPool2d, x: Tensor, { poolSize, strides = poolSize, padding }: Pooling): Tensor {
  const [batch, length, channels] = x.shape;
  const y = pool(reshape(x, [batch, 1, length, channels]), [1, poolSize], { strides: [1, strides], padding });
  return reshape(y, [batch, y.shape[2], channels]);
}

/**
 * The largest step under each window of sequences [length, channels].
 *
 * @example
 * new MaxPooling1D({ poolSize: 2 }).call(tensor([1, 3, 2, 0], [1, 4, 1])); // [[[3], [2]]]
 */
export class MaxPooling1D extends layerOf('MaxPooling1D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return pooledShape(this.label, this, inputShape);
  }

  call(x: Tensor): Tensor {
    return pooled(maxPool2d, x, this);
  }
}

/**
 * The mean of the steps under each window of sequences [length, channels]; padding is not counted.
 *
 * @example
 * new AveragePooling1D({ poolSize: 2 }).call(tensor([1, 3, 2, 0], [1, 4, 1])); // [[[2], [1]]]
 */
export class AveragePooling1D extends layerOf('AveragePooling1D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return pooledShape(this.label, this, inputShape);
  }

  call(x: Tensor): Tensor {
    return pooled(avgPool2d, x, this);
  }
}

const GLOBAL_OPTIONS = {
  /** Whether the axis of steps stays, with length 1. Default false. */
  keepdims: [flag, false],
} as const satisfies Schema;

function globalShape(label: string, keepdims: boolean, inputShape: Shape): Shape {
  const [, channels] = sequenceShape(label, inputShape);
  return keepdims ? [1, channels] : [channels];
}

/**
 * The mean of each channel of sequences [length, channels].
 *
 * @example
 * new GlobalAveragePooling1D().call(tensor([1, 3, 2, 0], [1, 4, 1])); // [[1.5]]
 */
export class GlobalAveragePooling1D extends layerOf('GlobalAveragePooling1D', GLOBAL_OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return globalShape(this.label, this.keepdims, inputShape);
  }

  call(x: Tensor): Tensor {
    return mean(x, 1, { keepDims: this.keepdims });
  }
}

/**
 * The largest step of each channel of sequences [length, channels].
 *
 * @example
 * new GlobalMaxPooling1D().call(tensor([1, 3, 2, 0], [1, 4, 1])); // [[3]]
 */
export class GlobalMaxPooling1D extends layerOf('GlobalMaxPooling1D', GLOBAL_OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return globalShape(this.label, this.keepdims, inputShape);
  }

  call(x: Tensor): Tensor {
    return max(x, 1, { keepDims: this.keepdims });
  }
}
