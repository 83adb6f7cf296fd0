import type { Shape, Tensor } from '@weft/core';
import { concatenate } from '@weft/core';
import { formatShape } from '@weft/core/program';
import { axisOfExample } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { mergingLayerOf } from './declare.js';
import { checkSeveral } from './options.js';

const OPTIONS = {
  /** The axis along which inputs are joined, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axisOfExample, -1],
} as const satisfies Schema;

/**
 * Several inputs, one behind the other along an axis.
 *
 * @example
 * const [picture, label] = [input({ shape: [784] }), input({ shape: [10] })];
 * new Concatenate().apply([picture, label]).shape; // [794]
 */
export class Concatenate extends mergingLayerOf('Concatenate', OPTIONS) {
  outputShape(shapes: readonly Shape[]): Shape {
    checkSeveral(this.label, shapes);
    const axis = this.axis < 0 ? this.axis + shapes[0].length : this.axis - 1;
    if (axis < 0 || axis >= shapes[0].length) {
      throw new RangeError(`${this.label}: examples ${formatShape(shapes[0])} have no axis ${this.axis}.`);
    }
    if (shapes.some((shape) => shape.some((length, which) => which !== axis && length !== shapes[0][which]))) {
      throw new RangeError(
        `${this.label}: the inputs ${shapes.map(formatShape).join(' and ')} differ in another axis than ${this.axis}.`,
      );
    }
    return shapes[0].with(
      axis,
      shapes.reduce((total, shape) => total + shape[axis], 0),
    );
  }

  call(inputs: readonly Tensor[]): Tensor {
    return concatenate([...inputs], this.axis < 0 ? this.axis + inputs[0].shape.length : this.axis);
  }
}
