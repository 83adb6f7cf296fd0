import type { DType } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, type OperationDefinition } from './definition.js';
import { neverSharded } from './sharding.js';

/** A number that stands in the program itself. Infinities and NaN are spelt, since programs are plain JSON data. */
export const constantDefinition: OperationDefinition<{
  readonly value: number | string;
  /** Default float32. */
  readonly dtype?: DType;
}> = {
  name: 'constant',
  kind: 'view',
  exact: true,
  isConstant: true,
  infer: (_inputs, { dtype = 'float32' }) => [{ shape: [], dtype }],
  shard: neverSharded,
  reference({ outputs: [out], attributes }) {
    out[0] = Number(attributes.value);
  },
};

/** A scalar constant. */
export function scalar(value: number): Tensor {
  return apply(constantDefinition, [], {
    value: Number.isFinite(value) && !Object.is(value, -0) ? value : spell(value),
  });
}

/** A scalar constant of int32. */
export function integer(value: number): Tensor {
  return apply(constantDefinition, [], { value, dtype: 'int32' });
}

function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
