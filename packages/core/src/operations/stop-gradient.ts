import type { Tensor } from '../tensor/tensor.js';
import { apply, type OperationDefinition } from './definition.js';
import { shardAlike } from './sharding.js';

/** Gone after `differentiate`: it costs nothing. */
export const stopGradientDefinition: OperationDefinition<Record<string, never>> = {
  name: 'stopGradient',
  kind: 'lowered',
  exact: true,
  isConstant: true,
  takes: 'any',
  shard: shardAlike,
  infer: ([x]) => [x],
  reference({ inputs: [x], outputs: [out] }) {
    out.set(x);
  },
};

/**
 * The same values, but as far as gradients are concerned, a constant: no gradient passes through it.
 *
 * @example
 * const x = tensor([2, 3]);
 * grad(sum(mul(x, stopGradient(x))), [x])[0]; // [2, 3]
 */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientDefinition, [x], {});
}
