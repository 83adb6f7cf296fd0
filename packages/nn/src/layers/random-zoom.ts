import type { Shape, Tensor } from '@weft/core';
import type { CallContext } from '../model/context.js';
import type { Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';
import { type DrawnPart, drawnRange, READING, readAtRandom } from './random-affine.js';

/** Keras's range; -1 itself would make an image of one pixel. */
const zoomRange = drawnRange(-1 + Number.EPSILON, 1, 'from above -1 to 1');

const OPTIONS = {
  /**
   * How much more of the height is seen: 0.2 shrinks it to 1 / 1.2, -0.2 enlarges it to 1 / 0.8. A number f for -f to f, or the
   * least and the largest, from above -1 to 1.
   */
  heightFactor: zoomRange,
  /** The same of the width. Default: as was drawn for the height, so that images keep their proportions. */
  widthFactor: [zoomRange, undefined],
  ...READING,
} as const satisfies Schema;

/**
 * In training, enlarges or shrinks each image [height, width, channels] around its middle, by a factor that is drawn for it.
 * Outside of training, or in a context without randomness, it hands on its input.
 *
 * @example
 * const layer = new RandomZoom({ heightFactor: [-0.2, 0] }); // enlarges, up to 1 / 0.8
 * layer.apply(input({ shape: [28, 28, 1] })).shape; // [28, 28, 1]
 */
export class RandomZoom extends layerOf('RandomZoom', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return imageShape(this.label, inputShape);
  }

  call(x: Tensor, _weights: readonly Tensor[], context: CallContext): Tensor {
    const [left, top] = [(x.shape[2] - 1) / 2, (x.shape[1] - 1) / 2];
    const across = [1, 0, -left, 0, 0, 0] as const;
    const down = [0, 0, 0, 0, 1, -top] as const;
    const { heightFactor, widthFactor } = this;
    const parts: DrawnPart[] = widthFactor
      ? [
          { name: 'height', range: heightFactor, terms: (drawn) => [[drawn, down]] },
          { name: 'width', range: widthFactor, terms: (drawn) => [[drawn, across]] },
        ]
      : [{ name: 'height', range: heightFactor, terms: (drawn) => [[drawn, [1, 0, -left, 0, 1, -top]]] }];
    return readAtRandom(x, context, this, [1, 0, 0, 0, 1, 0], parts);
  }
}
