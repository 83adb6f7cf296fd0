import { add, cast, mul, type Shape, type Tensor } from '@weft/core';
import { finite } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';

const OPTIONS = {
  scale: finite,
  /** Default 0. */
  offset: [finite, 0],
} as const satisfies Schema;

/**
 * scale x + offset, in training and outside of it. Whole numbers become float32.
 *
 * @example
 * new Rescaling({ scale: 1 / 127.5, offset: -1 }).call(tensor([[0, 255]])); // [[-1, 1]]
 */
export class Rescaling extends layerOf('Rescaling', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  call(x: Tensor): Tensor {
    return add(mul(cast(x, 'float32'), this.scale), this.offset);
  }
}
