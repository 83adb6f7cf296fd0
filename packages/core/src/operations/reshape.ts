import { checkTensor } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import {
  checkLengths,
  formatShape,
  normaliseAxis,
  rowMajorStrides,
  type Shape,
  sameShape,
  sizeOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, type OperationDefinition } from './definition.js';
import { reshapedSharding, resized } from './sharding.js';

export const reshapeDefinition: OperationDefinition<{ shape: Shape }> = {
  name: 'reshape',
  kind: 'view',
  exact: true,
  takes: 'words',
  linear: 'jointly',
  infer([x], { shape }) {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new RangeError(
        `reshape: ${formatShape(x.shape)} has ${sizeOf(x.shape)} elements, ${formatShape(shape)} has ${sizeOf(shape)}.`,
      );
    }
    return [{ ...x, shape }];
  },
  shard({ inputs: [{ shape: from }], attributes: { shape }, shardings: [x], batch }) {
    const result = x && reshapedSharding(from, x, shape, batch);
    return result && { operands: [x], result, resize: (examples) => ({ shape: resized(shape, result, examples) }) };
  },
  gradient: ({ inputs: [x], gradient }) => [reshape(gradient, x.shape)],
  reference({ inputs: [x], outputs: [out] }) {
    out.set(x);
  },
};

/**
 * The same elements in another shape. One length may be -1: it is then what the others leave.
 *
 * @throws RangeError if the number of elements differs
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]); // [[1, 2], [3, 4]]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor('reshape', x);
  checkLengths('reshape', shape);
  const unknown = shape.indexOf(-1);
  const known = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
  const target = unknown < 0 ? shape : shape.with(unknown, known === 0 ? 0 : sizeOf(x.shape) / known);
  const wrong = shape.find((length) => length !== -1 && !(Number.isInteger(length) && length >= 0));
  const reason =
    wrong !== undefined
      ? `${wrong} is no length. Lengths are whole numbers from 0; one may be -1`
      : unknown !== shape.lastIndexOf(-1)
        ? 'only one length may be -1'
        : `${sizeOf(x.shape)} elements are no multiple of ${known}`;
  if (!target.every((length) => Number.isInteger(length) && length >= 0)) {
    throw new RangeError(`reshape: ${formatShape(x.shape)} cannot become ${formatShape(shape)}: ${reason}.`);
  }
  return sameShape(x.shape, target) ? x : apply(reshapeDefinition, [x], { shape: target });
}

export const transposeDefinition: OperationDefinition<{ permutation: readonly number[] }> = {
  name: 'transpose',
  kind: 'copy',
  exact: true,
  takes: 'words',
  linear: 'jointly',
  infer([x], { permutation }) {
    if ([...permutation].sort((a, b) => a - b).join() !== x.shape.map((_, axis) => axis).join()) {
      throw new RangeError(
        `transpose: [${permutation.join(',')}] is not a permutation of the ${x.shape.length} axes of ${formatShape(x.shape)}.`,
      );
    }
    return [{ ...x, shape: permutation.map((axis) => x.shape[axis]) }];
  },
  shard: ({ shardings: [x], attributes: { permutation } }) =>
    x && { operands: [x], result: { axis: permutation.indexOf(x.axis), factor: x.factor } },
  gradient({ gradient, attributes: { permutation } }) {
    return [
      transpose(
        gradient,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  reference({ inputs: [x], outputs: [out], inputTypes: [type], outputTypes: [result], attributes }) {
    const strides = rowMajorStrides(type.shape);
    const walked = attributes.permutation.map((axis) => strides[axis]);
    const position = new Array<number>(walked.length).fill(0);
    for (let index = 0; index < out.length; index++) {
      out[index] = x[position.reduce((offset, at, axis) => offset + at * walked[axis], 0)];
      for (let axis = walked.length - 1; axis >= 0 && ++position[axis] === result.shape[axis]; axis--)
        position[axis] = 0;
    }
  },
};

/**
 * Axes in another order; reversed where no permutation is given.
 *
 * @param permutation which axis stands where; negative ones count from the end
 * @throws RangeError if it is not a permutation of the axes
 * @example
 * transpose(tensor([[1, 2], [3, 4]])); // [[1, 3], [2, 4]]
 * transpose(zeros([8, 28, 28, 1]), [0, 3, 1, 2]).shape; // [8, 1, 28, 28]
 */
export function transpose(
  x: Tensor,
  permutation: readonly number[] = x?.shape?.map((_, axis) => axis).reverse(),
): Tensor {
  checkTensor('transpose', x);
  if (!Array.isArray(permutation)) refuse('transpose', 'permutation', permutation, 'an array of axes, such as [1,0]');
  const order = permutation.map((axis) => normaliseAxis('transpose', axis, x.shape.length));
  return order.every((axis, index) => axis === index) && order.length === x.shape.length
    ? x
    : apply(transposeDefinition, [x], { permutation: order });
}
