import { checkTensor } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import { formatShape, normaliseAxis, type Shape, sameShape, sizeOf, type ValueType } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { reshape, transpose } from './reshape.js';
import { onlySharding, type ShardAnswer, type Sharding, type ShardQuestion } from './sharding.js';

const isIndex = ({ dtype }: Pick<ValueType, 'dtype'>) => dtype === 'int32' || dtype === 'uint32';

/** The row that a number names: the nearest one for a number that names none. */
const nearest = (number: number, rows: number) => Math.max(0, Math.min(rows - 1, number));

/** By row numbers of its own, or all rows of a part of the columns. */
function shardByIndex<A>(
  { shardings }: ShardQuestion<A>,
  byRows: (rows: Sharding) => ShardAnswer<A> | undefined,
): ShardAnswer<A> | undefined {
  const cut = onlySharding(shardings);
  if (cut?.axis === 0) return byRows(cut);
  return cut && shardings[1] === undefined ? { operands: [cut, 'whole'], result: cut } : undefined;
}

export const takeRowsDefinition: OperationDefinition<Record<string, never>> = {
  name: 'takeRows',
  kind: 'alone',
  exact: true,
  takes: 'any',
  linear: [0],
  shard: (question) =>
    shardByIndex(question, (rows) =>
      question.shardings[0] === undefined ? { operands: ['whole', rows], result: rows } : undefined,
    ),
  infer([table, index]) {
    if (table.shape.length < 1 || index.shape.length !== 1 || !isIndex(index)) {
      throw new RangeError(
        `takeRows: expected a table and a list of row numbers (int32 or uint32), got ${formatShape(table.shape)} and ` +
          `${index.dtype} ${formatShape(index.shape)}.`,
      );
    }
    if (table.dtype === 'uint32') {
      throw new TypeError(
        `takeRows: ${formatShape(table.shape)} of uint32 are keys. Make the table float32, int32 or uint8.`,
      );
    }
    const dtype = table.dtype === 'int32' ? 'int32' : 'float32';
    return [{ shape: [index.shape[0], ...table.shape.slice(1)], dtype }];
  },
  gradient({ inputs: [table, index], gradient }) {
    const isData = table.dtype !== 'float32';
    return [isData ? undefined : apply(scatterRowsDefinition, [gradient, index], { rows: table.shape[0] }), undefined];
  },
  reference({ inputs: [table, index], outputs: [out], inputTypes: [type] }) {
    const length = sizeOf(type.shape.slice(1));
    index.forEach((number, at) => {
      const row = nearest(number, type.shape[0]);
      out.set(table.subarray(row * length, (row + 1) * length), at * length);
    });
  },
};

/** The adjoint of `takeRows`: a table of zeros, to whose rows others are added, in their order. */
export const scatterRowsDefinition: OperationDefinition<{ rows: number }> = {
  name: 'scatterRows',
  kind: 'alone',
  // In which order numbers are added is the kernel's affair.
  exact: false,
  takes: 'any',
  linear: [0],
  shard: (question) => shardByIndex(question, (rows) => ({ operands: [rows, rows], result: 'sum' })),
  infer([x, index], { rows }) {
    if (x.dtype !== 'float32' || !isIndex(index) || index.shape.length !== 1 || x.shape[0] !== index.shape[0]) {
      throw new RangeError(
        `scatterRows: expected float32 rows and a number (int32 or uint32) for each, got ${x.dtype} ` +
          `${formatShape(x.shape)} and ${index.dtype} ${formatShape(index.shape)}.`,
      );
    }
    return [float32([rows, ...x.shape.slice(1)])];
  },
  gradient: ({ inputs: [, index], gradient }) => [apply(takeRowsDefinition, [gradient, index], {}), undefined],
  reference({ inputs: [x, index], outputs: [out], inputTypes: [type], attributes: { rows } }) {
    const length = sizeOf(type.shape.slice(1));
    const total = new Float64Array(out.length);
    index.forEach((number, at) => {
      const row = nearest(number, rows);
      for (let i = 0; i < length; i++) total[row * length + i] += x[at * length + i];
    });
    out.set(total);
  },
};

/**
 * Rows of a table by number: `gather` along the first axis by a list. Bytes become the numbers they stand for, as
 * float32.
 *
 * @param table [rows, ...], float32, int32 or uint8
 * @param index [count] of int32 or uint32. A row beyond the table is a RangeError where the index is data when the tensor
 *   is computed. Where it is computed itself, or the program is run later, the nearest row is taken
 */
export function takeRows(table: Tensor, index: Tensor): Tensor {
  return apply(takeRowsDefinition, [table, index], {});
}

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
 * const words = gather(embeddings, tokens); // [1000, 16] by [8, 20] is [8, 20, 16]
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
  const table = apply(scatterRowsDefinition, [rows, reshape(indices, [indices.size])], { rows: length });
  return fromFront(table, along, [length]);
}
