import { checkTensor } from '../tensor/describe.js';
import { oneOf } from '../tensor/options.js';
import { type DType, formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardAlike } from './sharding.js';

const LEAST = -(2 ** 31);
const LARGEST = 2 ** 31 - 1;

/** The whole number that a float becomes: cut towards zero, the nearest int32 where it is none, 0 for NaN. */
const truncated = (x: number) => (Number.isNaN(x) ? 0 : Math.min(LARGEST, Math.max(LEAST, Math.trunc(x))));

/** Numbers of four bytes as others. */
export const castDefinition: OperationDefinition<{ from: DType; to: DType }> = {
  name: 'cast',
  kind: 'elementwise',
  exact: true,
  isConstant: true,
  takes: 'any',
  shard: shardAlike,
  infer: ([{ shape }], { to }) => [{ shape, dtype: to }],
  reference({ inputs: [x], outputs: [out], attributes: { from, to } }) {
    for (let i = 0; i < out.length; i++) out[i] = from === 'float32' && to === 'int32' ? truncated(x[i]) : x[i];
  },
};

/** Bytes as the floats that they stand for. */
export const castBytesDefinition: OperationDefinition<Record<string, never>> = {
  name: 'castBytes',
  kind: 'alone',
  exact: true,
  isConstant: true,
  takes: 'any',
  shard: shardAlike,
  infer([{ shape, dtype }]) {
    if (dtype !== 'uint8') throw new TypeError(`castBytes: expected uint8, got ${dtype} ${formatShape(shape)}.`);
    return [float32(shape)];
  },
  reference({ inputs: [x], outputs: [out] }) {
    out.set(x);
  },
};

/**
 * The same numbers in another storage. Floats are cut towards zero to become int32; beyond its range they become the
 * nearest int32, and NaN becomes 0. No gradient passes through a change of storage.
 *
 * @throws RangeError if the storage is another than float32 and int32
 * @example
 * cast(tensor([1.7, -1.7]), 'int32'); // [1, -1]
 */
export function cast(x: Tensor, dtype: 'float32' | 'int32'): Tensor {
  checkTensor('cast', x);
  oneOf('cast', 'dtype', dtype, ['float32', 'int32']);
  if (x.dtype === dtype) return x;
  if (x.dtype === 'uint8') return cast(apply(castBytesDefinition, [x], {}), dtype);
  return apply(castDefinition, [x], { from: x.dtype, to: dtype });
}
