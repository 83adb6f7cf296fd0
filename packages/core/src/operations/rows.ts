import { formatShape, sizeOf, type ValueType } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { onlySharding, type ShardAnswer, type Sharding, type ShardQuestion } from './sharding.js';

/** Whether a value can number rows. */
export const isIndex = ({ dtype }: Pick<ValueType, 'dtype'>) => dtype === 'int32' || dtype === 'uint32';

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
    return [isData ? undefined : scatterRows(gradient, index, table.shape[0]), undefined];
  },
  reference({ inputs: [table, index], outputs: [out], inputTypes: [type] }) {
    const length = sizeOf(type.shape.slice(1));
    index.forEach((number, at) => {
      const row = nearest(number, type.shape[0]);
      out.set(table.subarray(row * length, (row + 1) * length), at * length);
    });
  },
};

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
  gradient: ({ inputs: [, index], gradient }) => [takeRows(gradient, index), undefined],
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
 * @example
 * const bytes = table(Uint8Array.of(1, 2, 250, 251), [2, 2]);
 * takeRows(bytes, tensor(Int32Array.of(1, 1))); // [[250, 251], [250, 251]]
 */
export function takeRows(table: Tensor, index: Tensor): Tensor {
  return apply(takeRowsDefinition, [table, index], {});
}

/** @internal The adjoint of `takeRows`: a table of zeros, to whose rows others are added, in their order. */
export function scatterRows(x: Tensor, index: Tensor, rows: number): Tensor {
  return apply(scatterRowsDefinition, [x, index], { rows });
}
