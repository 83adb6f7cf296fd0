import { reshape, transpose } from '../operations/reshape.js';
import { isIndex, scatterRows, takeRows } from '../operations/rows.js';
import { checkTensor } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import { formatShape, normaliseAxis, type Shape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** @throws TypeError if these are no tensors of whole numbers */
function checkIndices(operation: string, indices: Tensor): void {
  checkTensor(operation, indices, 'a tensor of int32');
  if (isIndex(indices)) return;
  throw new TypeError(
    `${operation}: the indices are ${indices.dtype} ${formatShape(indices.shape)}; expected int32. ` +
      "Convert them with cast(indices, 'int32').",
  );
}

/** A tensor with the axes at some places in front of the others. */
function toFront(x: Tensor, from: number, count: number): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const moved = axes.slice(from, from + count);
  return transpose(x, [...moved, ...axes.slice(0, from), ...axes.slice(from + count)]);
}

/** A tensor with its first axis behind `before` others, and there in a shape of its own. */
function fromFront(x: Tensor, before: number, shape: Shape): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const placed = transpose(x, [...axes.slice(1, before + 1), 0, ...axes.slice(before + 1)]);
  return reshape(placed, [...placed.shape.slice(0, before), ...shape, ...placed.shape.slice(before + 1)]);
}

/**
 * Elements along an axis by number, as `numpy.take`: the axis is replaced by those of the indices. Its gradient adds up
 * in a table as large as `x` (see `scatterAdd`). Along other axes than the first, `x` and the result are transposed.
 *
 * An index beyond the axis is a RangeError where the indices are data when the tensor is computed. Where they are
 * computed themselves, or the program is run later, as in training, the nearest element is taken.
 *
 * @param x       [..., length, ...]; float32 or int32, along the first axis bytes too, which become float32
 * @param indices int32 (or uint32) of any shape, from 0 to below the axis's length
 * @param axis    default 0
 * @returns x with the axis replaced by the axes of the indices
 * @throws TypeError if the indices are no whole numbers
 * @throws RangeError if the axis does not exist
 * @example
 * const embeddings = tensor([[1, 2], [3, 4], [5, 6]]);
 * gather(embeddings, tensor(Int32Array.of(2, 0))); // [[5, 6], [1, 2]]
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  checkTensor('gather', x);
  checkIndices('gather', indices);
  const along = normaliseAxis('gather', axis, x.shape.length);
  const rows = takeRows(toFront(x, along, 1), reshape(indices, [indices.size]));
  return fromFront(rows, along, indices.shape);
}

/**
 * Adds elements up at numbered places along an axis: the adjoint of `gather`, and TensorFlow's `unsorted_segment_sum`.
 * Add the result to a tensor to change some of its rows.
 *
 * Elements are added in their order, with one rounding each. The result is dense: as an embedding's gradient it takes
 * the table's memory, and its time, for each micro-batch, however few rows are used. Indices beyond the length are treated as
 * by `gather`.
 *
 * @param x       [..., ...indices.shape, ...], with the axes of the indices from `axis` on
 * @param indices int32 (or uint32), from 0 to below `length`
 * @param length  of the axis of the result
 * @param axis    of the result. Default 0
 * @returns x with the axes of the indices replaced by one of `length`
 * @throws TypeError if the indices are no whole numbers
 * @throws RangeError if the shapes do not fit, the length is no whole number, or the axis does not exist
 * @example
 * scatterAdd(tensor([1, 2, 4]), tensor(Int32Array.of(0, 2, 0)), 3); // [5, 0, 2]
 */
export function scatterAdd(x: Tensor, indices: Tensor, length: number, axis = 0): Tensor {
  checkTensor('scatterAdd', x);
  checkIndices('scatterAdd', indices);
  if (!Number.isSafeInteger(length) || length < 0) refuse('scatterAdd', 'length', length, 'a whole number from 0');
  const count = indices.shape.length;
  const along = normaliseAxis('scatterAdd', axis, Math.max(0, x.shape.length - count) + 1);
  if (!sameShape(x.shape.slice(along, along + count), indices.shape)) {
    throw new RangeError(
      `scatterAdd: indices ${formatShape(indices.shape)} do not fit ${formatShape(x.shape)}, which must have their axes ` +
        `from axis ${along} on.`,
    );
  }
  const front = toFront(x, along, count);
  const rows = reshape(front, [indices.size, ...front.shape.slice(count)]);
  const table = scatterRows(rows, reshape(indices, [indices.size]), length);
  return fromFront(table, along, [length]);
}
