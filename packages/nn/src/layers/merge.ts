import type { Shape, Tensor } from '@weft/core';
import { add, concatenate } from '@weft/core';
import { formatShape } from '@weft/core/program';
import { axisOfExample } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { mergingLayerOf } from './declare.js';

/** @throws RangeError if there are fewer than two inputs, or not all have as many axes */
function checkInputs(label: string, shapes: readonly Shape[]): void {
  const isList = Array.isArray(shapes) && shapes.every((shape) => Array.isArray(shape));
  if (!isList || shapes.length < 2) {
    throw new RangeError(`${label}: expected at least two inputs. Give an array: layer.apply([x, y]).`);
  }
  if (shapes.some(({ length }) => length !== shapes[0].length)) {
    throw new RangeError(
      `${label}: the inputs ${shapes.map(formatShape).join(' and ')} have different numbers of axes. Put a Reshape before.`,
    );
  }
}

/**
 * The sum of several inputs, element by element. Axes of length 1 are repeated.
 *
 * @example
 * const sum = new Add().apply([x, new Dense({ units: 8 }).apply(x)]);
 */
export class Add extends mergingLayerOf('Add', {}) {
  outputShape(shapes: readonly Shape[]): Shape {
    checkInputs(this.label, shapes);
    return shapes[0].map((_, axis) => {
      const lengths = new Set(shapes.map((shape) => shape[axis]).filter((length) => length !== 1));
      if (lengths.size <= 1) return [...lengths][0] ?? 1;
      throw new RangeError(
        `${this.label}: the inputs ${shapes.map(formatShape).join(' and ')} differ. Axes must have the same length, or 1.`,
      );
    });
  }

  call(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((total, x) => add(total, x));
  }
}

const CONCATENATE = {
  /** The axis along which inputs are joined, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axisOfExample, -1],
} as const satisfies Schema;

/**
 * Several inputs, one behind the other along an axis.
 *
 * @example
 * const both = new Concatenate().apply([picture, label]); // [784] and [10] give [794]
 */
export class Concatenate extends mergingLayerOf('Concatenate', CONCATENATE) {
  outputShape(shapes: readonly Shape[]): Shape {
    checkInputs(this.label, shapes);
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
