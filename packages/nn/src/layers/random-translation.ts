import type { Shape, Tensor } from '@weft/core';
import type { CallContext } from '../model/context.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';
import { drawnRange, READING, readAtRandom } from './random-affine.js';

const OPTIONS = {
  /** How far down, as a part of the height: a number f for -f to f, or the least and the largest, from -1 to 1. */
  heightFactor: drawnRange(-1, 1),
  /** How far to the right, as a part of the width, likewise. */
  widthFactor: drawnRange(-1, 1),
  ...READING,
} as const satisfies Schema;

/**
 * In training, moves each image [height, width, channels] by parts of its sides that are drawn for it. Outside of training,
 * or in a context without randomness, it hands on its input.
 *
 * @example
 * const layer = new RandomTranslation({ heightFactor: 0.1, widthFactor: 0.1, fillMode: 'constant' });
 * layer.apply(input({ shape: [28, 28, 1] })).shape; // [28, 28, 1]
 */
export class RandomTranslation extends layerOf('RandomTranslation', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return imageShape(this.label, inputShape);
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    const [, height, width] = x.shape;
    return readAtRandom(
      x,
      context,
      this,
      [1, 0, 0, 0, 1, 0],
      [
        { name: 'height', range: this.heightFactor, terms: (down) => [[down, [0, 0, 0, 0, 0, -height]]] },
        { name: 'width', range: this.widthFactor, terms: (right) => [[right, [0, 0, -width, 0, 0, 0]]] },
      ],
    );
  }
}
