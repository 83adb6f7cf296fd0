import type { Shape, Tensor } from '@weft/core';
import { pad, slice } from '@weft/core';
import { formatShape, refuse } from '@weft/core/program';
import type { Reader, Schema } from '../options/schema.js';
import { layerOf } from './declare.js';
import { imageShape } from './options.js';

/** Pixels at both ends of an axis. */
type Ends = readonly [number, number];
/** [[top, bottom], [left, right]]. */
type Borders = readonly [Ends, Ends];

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Pixels at one number for all sides, [height, width] or [[top, bottom], [left, right]]. */
const borders: Reader<Borders, number | readonly [number, number] | Borders> = (label, option, value) => {
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const ends = sides.map((side): readonly unknown[] => (Array.isArray(side) ? side : [side, side]));
  if (ends.length !== 2 || ends.some((pair) => pair.length !== 2 || !pair.every(isWhole))) {
    refuse(label, option, value, 'a whole number from 0, [height, width], or [[top, bottom], [left, right]]');
  }
  return ends as unknown as Borders;
};

const ZERO_PADDING = {
  /** Pixels to add: a number for all sides, [height, width], or [[top, bottom], [left, right]]. Default 1. */
  padding: [
    borders,
    [
      [1, 1],
      [1, 1],
    ],
  ],
} as const satisfies Schema;

/**
 * Zeros around images [height, width, channels].
 *
 * @example
 * new ZeroPadding2D({ padding: 2 }).apply(input({ shape: [28, 28, 1] })).shape; // [32, 32, 1]
 */
export class ZeroPadding2D extends layerOf('ZeroPadding2D', ZERO_PADDING) {
  outputShape(inputShape: Shape): Shape {
    const [height, width, channels] = imageShape(this.label, inputShape);
    const [[top, bottom], [left, right]] = this.padding;
    return [top + height + bottom, left + width + right, channels];
  }

  call(x: Tensor): Tensor {
    const [vertical, horizontal] = this.padding;
    return pad(x, [[0, 0], vertical, horizontal, [0, 0]]);
  }
}

const CROPPING = {
  /** Pixels to remove: a number for all sides, [height, width], or [[top, bottom], [left, right]]. Default 0. */
  cropping: [
    borders,
    [
      [0, 0],
      [0, 0],
    ],
  ],
} as const satisfies Schema;

/**
 * Images [height, width, channels] without their borders.
 *
 * @example
 * new Cropping2D({ cropping: 2 }).apply(input({ shape: [28, 28, 1] })).shape; // [24, 24, 1]
 */
export class Cropping2D extends layerOf('Cropping2D', CROPPING) {
  outputShape(inputShape: Shape): Shape {
    const [height, width, channels] = imageShape(this.label, inputShape);
    const [[top, bottom], [left, right]] = this.cropping;
    const shape = [height - top - bottom, width - left - right, channels];
    if (shape[0] < 1 || shape[1] < 1) {
      throw new RangeError(
        `${this.label}: cropping [[${top},${bottom}],[${left},${right}]] leaves nothing of ${formatShape(inputShape)}.`,
      );
    }
    return shape;
  }

  call(x: Tensor): Tensor {
    const [batch, height, width] = x.shape;
    const [[top, bottom], [left, right]] = this.cropping;
    return slice(x, [0, top, left], [batch, height - bottom, width - right]);
  }
}
