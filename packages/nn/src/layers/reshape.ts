import type { Shape, Tensor } from '@weft/core';
import { reshape } from '@weft/core';
import { formatShape, refuse, sizeOf } from '@weft/core/program';
import { BaseLayer, type LayerOptions } from './layer.js';

/** Options of `Reshape`, as in Keras. */
export interface ReshapeOptions extends LayerOptions {
  /** Lengths of the axes but the batch; one may be -1, which is then what the others leave. */
  readonly targetShape: Shape;
}

/** Each example's elements in another shape. */
export class Reshape extends BaseLayer {
  readonly targetShape: Shape;

  /** @throws RangeError if the shape is not one */
  constructor(options: ReshapeOptions) {
    super('Reshape', options, ['targetShape']);
    const { targetShape } = options;
    const isLength = (length: unknown) => length === -1 || (Number.isSafeInteger(length) && (length as number) >= 1);
    if (
      !Array.isArray(targetShape) ||
      !targetShape.every(isLength) ||
      targetShape.filter((length) => length === -1).length > 1
    ) {
      refuse(this.label, 'targetShape', targetShape, 'an array of whole numbers from 1, of which one may be -1');
    }
    this.targetShape = [...targetShape];
  }

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

  protected options(): Record<string, unknown> {
    return { targetShape: this.targetShape };
  }
}

/** Each example's elements in one axis, in row-major order. */
export class Flatten extends BaseLayer {
  /** @throws RangeError if there is an option besides the name */
  constructor(options: LayerOptions = {}) {
    super('Flatten', options, []);
  }

  outputShape(inputShape: Shape): Shape {
    return [sizeOf(inputShape)];
  }

  call(x: Tensor): Tensor {
    return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
  }

  protected options(): Record<string, unknown> {
    return {};
  }
}
