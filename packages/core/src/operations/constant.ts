import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { neverSharded } from './sharding.js';

/** A number that stands in the program itself. Infinities and NaN are spelt, since programs are plain JSON data. */
export const constantDefinition: OperationDefinition<{ value: number | string }> = {
  name: 'constant',
  kind: 'view',
  exact: true,
  isConstant: true,
  infer: () => [float32([])],
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

function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
