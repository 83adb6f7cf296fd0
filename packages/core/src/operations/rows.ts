import { formatShape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, type OperationDefinition } from './definition.js';
import { shardRows } from './sharding.js';

export const takeRowsDefinition: OperationDefinition<Record<string, never>> = {
  name: 'takeRows',
  kind: 'alone',
  exact: true,
  noGradient: 'in its table. Take rows of data only, or multiply the table by a matrix of zeros and ones with matmul',
  takes: 'any',
  shard: shardRows(['whole', 'rows']),
  infer([table, index]) {
    if (table.shape.length < 1 || index.shape.length !== 1 || !['int32', 'uint32'].includes(index.dtype)) {
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
  reference({ inputs: [table, index], outputs: [out], inputTypes: [type] }) {
    const length = sizeOf(type.shape.slice(1));
    index.forEach((number, at) => {
      const row = Math.max(0, Math.min(type.shape[0] - 1, number));
      out.set(table.subarray(row * length, (row + 1) * length), at * length);
    });
  },
};

/**
 * Rows of a table by number. Bytes become the numbers they stand for, as float32. It has no gradient in the table:
 * `grad` refuses to pass through it.
 *
 * @param table [rows, ...], float32, int32 or uint8
 * @param index [count] of int32 or uint32. A row beyond the table is a RangeError where the index is data when the tensor
 *   is computed. Where it is computed itself, or the program is run later, the nearest row is taken
 */
export function takeRows(table: Tensor, index: Tensor): Tensor {
  return apply(takeRowsDefinition, [table, index], {});
}
