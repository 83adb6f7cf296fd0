import type { Shape, Tensor } from '@weft/core';
import { avgPool2d, maxPool2d } from '@weft/core';
import { oneOf, resolveWindow, windowPositions } from '@weft/core/program';
import { BaseLayer, type LayerOptions } from './layer.js';
import { imageShape, positivePair } from './options.js';

/** Options of `MaxPooling2D` and `AveragePooling2D`, as in Keras. */
export interface Pooling2DOptions extends LayerOptions {
  /** Height and width of the window. Default 2. */
  readonly poolSize?: number | readonly [number, number];
  /** Default: the size of the window. */
  readonly strides?: number | readonly [number, number];
  /** `same` keeps ceil(length / stride) windows, some of which reach over the edge. Default `valid`. */
  readonly padding?: 'valid' | 'same';
}

abstract class Pooling2D extends BaseLayer {
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';

  protected constructor(type: string, options: Pooling2DOptions) {
    super(type, options, ['poolSize', 'strides', 'padding']);
    this.poolSize = positivePair(this.label, 'poolSize', options.poolSize ?? 2);
    this.strides = positivePair(this.label, 'strides', options.strides ?? this.poolSize);
    this.padding = oneOf(this.label, 'padding', options.padding ?? 'valid', ['valid', 'same']);
  }

  outputShape(inputShape: Shape): Shape {
    const image = [1, ...imageShape(this.label, inputShape)];
    const window = resolveWindow(this.label, image, this.poolSize, this.strides, 1, this.padding);
    return [...windowPositions(this.label, image, window), image[3]];
  }

  protected options(): Record<string, unknown> {
    return { poolSize: this.poolSize, strides: this.strides, padding: this.padding };
  }
}

/** The largest pixel under each window of images [height, width, channels]. */
export class MaxPooling2D extends Pooling2D {
  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: Pooling2DOptions = {}) {
    super('MaxPooling2D', options);
  }

  call(x: Tensor): Tensor {
    return maxPool2d(x, this.poolSize, { strides: this.strides, padding: this.padding });
  }
}

/** The mean of the pixels under each window of images [height, width, channels]; padding is not counted. */
export class AveragePooling2D extends Pooling2D {
  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: Pooling2DOptions = {}) {
    super('AveragePooling2D', options);
  }

  call(x: Tensor): Tensor {
    return avgPool2d(x, this.poolSize, { strides: this.strides, padding: this.padding });
  }
}
