import type { Shape, Tensor } from '@weft/core';
import { broadcastTo, reshape, transpose } from '@weft/core';
import { formatShape, refuse } from '@weft/core/program';
import { positiveInteger } from '../options/readers.js';
import type { Reader, Schema } from '../options/schema.js';
import { layerOf } from './declare.js';

const permutation: Reader<readonly number[]> = (label, option, value) => {
  const isOne = Array.isArray(value) && value.length > 0 && value.every((_, which) => value.includes(which + 1));
  return isOne ? [...value] : refuse(label, option, value, 'the axes of an example from 1, each once, such as [2, 1]');
};

const PERMUTE = {
  /** Which axis of the input each axis of the output is, counted from 1: 0 is the batch, which stays. */
  dims: permutation,
} as const satisfies Schema;

/**
 * The axes of each example in another order.
 *
 * @example
 * const layer = new Permute({ dims: [3, 1, 2] });
 * layer.apply(input({ shape: [28, 28, 3] })).shape; // [3, 28, 28]
 */
export class Permute extends layerOf('Permute', PERMUTE) {
  outputShape(inputShape: Shape): Shape {
    if (inputShape.length !== this.dims.length) {
      throw new RangeError(
        `${this.label}: dims [${this.dims}] are of ${this.dims.length} axes, but examples are ${formatShape(inputShape)}.`,
      );
    }
    return this.dims.map((axis) => inputShape[axis - 1]);
  }

  call(x: Tensor): Tensor {
    return transpose(x, [0, ...this.dims]);
  }
}

const REPEAT = {
  /** How often, from 1. */
  n: positiveInteger,
} as const satisfies Schema;

/**
 * Each example, [features], several times: [n, features].
 *
 * @example
 * new RepeatVector({ n: 2 }).call(tensor([[1, 2]])); // [[[1, 2], [1, 2]]]
 */
export class RepeatVector extends layerOf('RepeatVector', REPEAT) {
  outputShape(inputShape: Shape): Shape {
    if (inputShape.length !== 1) {
      throw new RangeError(
        `${this.label}: expected examples of one axis, got ${formatShape(inputShape)}. Put a Flatten before it.`,
      );
    }
    return [this.n, inputShape[0]];
  }

  call(x: Tensor): Tensor {
    const [batch, features] = x.shape;
    return broadcastTo(reshape(x, [batch, 1, features]), [batch, this.n, features]);
  }
}
