import type { Shape, Tensor } from '@weft/core';
import { softmax } from '@weft/core';
import { axisOfExample } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { shapeKeepingLayerOf } from './declare.js';
import { axisAmong } from './options.js';

const OPTIONS = {
  /** The axis along which the results add up to 1, where 0 is the batch; negative ones count from the end. Default -1. */
  axis: [axisOfExample, -1],
} as const satisfies Schema;

/**
 * e^x over the sum of e^x along an axis.
 *
 * @example
 * new Softmax().call(tensor([[0, Math.log(3)]])); // [[0.25, 0.75]]
 */
export class Softmax extends shapeKeepingLayerOf('Softmax', OPTIONS) {
  override outputShape(inputShape: Shape): Shape {
    axisAmong(this.label, 'axis', this.axis, inputShape.length + 1);
    return inputShape;
  }

  call(x: Tensor): Tensor {
    return softmax(x, this.axis);
  }
}
