import { cos, mul, type Shape, sin, type Tensor } from '@weft/core';
import type { CallContext } from '../model/context.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';
import { drawnRange, READING, readAtRandom } from './random-affine.js';

const OPTIONS = {
  /** How far counter-clockwise, in whole turns: a number f for -f to f, or the least and the largest, from -1 to 1. */
  factor: drawnRange(-1, 1),
  ...READING,
} as const satisfies Schema;

/**
 * In training, turns each image [height, width, channels] around its middle, by an angle that is drawn for it. Outside of
 * training, or in a context without randomness, it hands on its input.
 *
 * @example
 * const layer = new RandomRotation({ factor: 0.05 }); // up to 18 degrees either way
 * layer.apply(input({ shape: [28, 28, 1] })).shape; // [28, 28, 1]
 */
export class RandomRotation extends layerOf('RandomRotation', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return imageShape(this.label, inputShape);
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    const [left, top] = [(x.shape[2] - 1) / 2, (x.shape[1] - 1) / 2];
    return readAtRandom(
      x,
      context,
      this,
      [0, 0, left, 0, 0, top],
      [
        {
          name: 'angle',
          range: this.factor,
          terms(turns) {
            const angle = mul(turns, 2 * Math.PI);
            return [
              [cos(angle), [1, 0, -left, 0, 1, -top]],
              [sin(angle), [0, -1, top, 1, 0, -left]],
            ];
          },
        },
      ],
    );
  }
}
