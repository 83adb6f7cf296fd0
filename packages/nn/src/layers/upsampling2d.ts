import type { Shape, Tensor } from '@weft/core';
import { upsample2d } from '@weft/core';
import { oneOf } from '@weft/core/program';
import { BaseLayer, type LayerOptions } from './layer.js';
import { imageShape, positivePair } from './options.js';

/** Options of `UpSampling2D`, as in Keras. */
export interface UpSampling2DOptions extends LayerOptions {
  /** How often each row and column is repeated. Default 2. */
  readonly size?: number | readonly [number, number];
  /** Only `nearest`. */
  readonly interpolation?: 'nearest';
}

/** Each pixel of images [height, width, channels] repeated over a block. */
export class UpSampling2D extends BaseLayer {
  readonly size: readonly [number, number];

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: UpSampling2DOptions = {}) {
    super('UpSampling2D', options, ['size', 'interpolation']);
    this.size = positivePair(this.label, 'size', options.size ?? 2);
    oneOf(this.label, 'interpolation', options.interpolation ?? 'nearest', ['nearest']);
  }

  outputShape(inputShape: Shape): Shape {
    const [height, width, channels] = imageShape(this.label, inputShape);
    return [height * this.size[0], width * this.size[1], channels];
  }

  call(x: Tensor): Tensor {
    return upsample2d(x, this.size);
  }

  protected options(): Record<string, unknown> {
    return { size: this.size, interpolation: 'nearest' };
  }
}
