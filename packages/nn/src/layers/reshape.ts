import type { Shape, Tensor } from '@weft/core';
import { reshape } from '@weft/core';
import { formatShape, refuse, sizeOf } from '@weft/core/program';
import type { Reader, Schema } from '../options/schema.js';
import { layerOf } from './declare.js';

const targetShape: Reader<Shape> = (label, option, value) => {
  const isLength = (length: unknown) => length === -1 || (Number.isSafeInteger(length) && (length as number) >= 1);
  if (!Array.isArray(value) || !value.every(isLength) || value.filter((length) => length === -1).length > 1) {
    refuse(label, option, value, 'an array of whole numbers from 1, of which one may be -1');
  }
  return [...value];
};

const OPTIONS = {
  /** Lengths of the axes but the batch; one may be -1, which is then what the others leave. */
  targetShape,
} as const satisfies Schema;

/**
 * Each example's elements in another shape.
 *
 * @example
 * new Reshape({ targetShape: [2, 2] }).call(tensor([[1, 2, 3, 4]])); // [[[1, 2], [3, 4]]]
 */
export class Reshape extends layerOf('Reshape', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const unknown = this.targetShape.indexOf(-1);
    const known = sizeOf(this.targetShape.filter((length) => length !== -1));
    const target = unknown < 0 ? this.targetShape : this.targetShape.with(unknown, sizeOf(inputShape) / known);
    if (!target.every(Number.isInteger) || sizeOf(target) !== sizeOf(inputShape)) {
      throw new RangeError(
        `${this.label}: an input of ${formatShape(inputShape)} has ${sizeOf(inputShape)} elements, ` +
          `which do not fill ${formatShape(this.targetShape)}.`,
      );
    }
    return target;
  }

  call(x: Tensor): Tensor {
    return reshape(x, [x.shape[0], ...this.outputShape(x.shape.slice(1))]);
  }
}

/**
 * Each example's elements in one axis, in row-major order.
 *
 * @example
 * new Flatten().apply(input({ shape: [28, 28, 1] })).shape; // [784]
 */
export class Flatten extends layerOf('Flatten', {}) {
  outputShape(inputShape: Shape): Shape {
    return [sizeOf(inputShape)];
  }

  call(x: Tensor): Tensor {
    return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
  }
}
