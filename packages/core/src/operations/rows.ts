import { formatShape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardRows } from './sharding.js';

export const takeRowsDefinition: OperationDefinition<Record<string, never>> = {
  name: 'takeRows',
  kind: 'alone',
  exact: true,
  noGradient: 'in its table. Take rows of data only, or multiply the table by a matrix of zeros and ones with matmul',
  takes: 'any',
  shard: shardRows(['whole', 'rows']),
  infer([table, index]) {
    if (table.shape.length < 1 || index.shape.length !== 1 || index.dtype !== 'uint32') {
      throw new RangeError(
        `takeRows: expected a table and a list of row numbers (uint32), got ${formatShape(table.shape)} and ` +
          `${index.dtype} ${formatShape(index.shape)}.`,
      );
    }
    if (table.dtype === 'uint32') {
      throw new TypeError(`takeRows: ${formatShape(table.shape)} of uint32 are keys. Make the table float32 or uint8.`);
    }
    return [float32([index.shape[0], ...table.shape.slice(1)])];
  },
  reference({ inputs: [table, index], outputs: [out], inputTypes: [type] }) {
    const length = sizeOf(type.shape.slice(1));
    index.forEach((row, at) => {
      out.set(table.subarray(row * length, (row + 1) * length), at * length);
    });
  },
};

/**
 * Rows of a table by number, as float32; bytes become the numbers they stand for. It has no gradient in the table:
 * `grad` refuses to pass through it.
 *
 * @param table [rows, ...], float32 or uint8
 * @param index [count] of uint32. A row beyond the table is a RangeError when the tensor is evaluated; a compiled
 *   program that is run later reads what lies in memory there, so check before
 */
export function takeRows(table: Tensor, index: Tensor): Tensor {
  return apply(takeRowsDefinition, [table, index], {});
}
