import { refuse } from '../tensor/options.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { neverSharded } from './sharding.js';

/** Whole numbers that float32 tells apart. */
const MOST = 2 ** 24;

/** 0, 1, 2, ... as float32, without data. */
export const iotaDefinition: OperationDefinition<{ length: number }> = {
  name: 'iota',
  kind: 'alone',
  exact: true,
  isConstant: true,
  shard: neverSharded,
  infer: (_inputs, { length }) => [float32([length])],
  reference({ outputs: [out] }) {
    for (let i = 0; i < out.length; i++) out[i] = i;
  },
};

/** @internal The numbers from 0 to below a length. */
export function iota(operation: string, length: number): Tensor {
  if (!Number.isInteger(length) || length < 0 || length > MOST) {
    refuse(operation, 'the length', length, `a whole number from 0 to ${MOST}`);
  }
  return apply(iotaDefinition, [], { length });
}
