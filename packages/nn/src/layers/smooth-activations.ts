import type { Tensor } from '@weft/core';
import { finite, flag } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { elu, gelu, silu, softplus } from './activations.js';
import { shapeKeepingLayerOf } from './declare.js';

const ELU_OPTIONS = {
  /** By what e^x - 1 is multiplied below 0. Default 1. */
  alpha: [finite, 1],
} as const satisfies Schema;

/**
 * x above 0, alpha (e^x - 1) elsewhere.
 *
 * @see Clevert et al. (2016), Fast and accurate deep network learning by exponential linear units
 * @example
 * new ELU().call(tensor([[-1, 2]])); // [[-0.632, 2]]
 */
export class ELU extends shapeKeepingLayerOf('ELU', ELU_OPTIONS) {
  call(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }
}

const GELU_OPTIONS = {
  /** Whether to use a polynomial and tanh for the error function, as some older models do. Default false. */
  approximate: [flag, false],
} as const satisfies Schema;

/**
 * x times the probability that a standard normal variable is below x. As Keras's activation `gelu`.
 *
 * @see Hendrycks and Gimpel (2016), Gaussian error linear units
 * @example
 * new GELU().call(tensor([[-1, 2]])); // [[-0.159, 1.954]]
 */
export class GELU extends shapeKeepingLayerOf('GELU', GELU_OPTIONS) {
  call(x: Tensor): Tensor {
    return gelu(x, this.approximate);
  }
}

/**
 * x / (1 + e^-x). As Keras's activation `silu`.
 *
 * @example
 * new SiLU().call(tensor([[-1, 2]])); // [[-0.269, 1.762]]
 */
export class SiLU extends shapeKeepingLayerOf('SiLU', {}) {
  call(x: Tensor): Tensor {
    return silu(x);
  }
}

/**
 * ln(1 + e^x). As Keras's activation `softplus`.
 *
 * @example
 * new Softplus().call(tensor([[-1, 2]])); // [[0.313, 2.127]]
 */
export class Softplus extends shapeKeepingLayerOf('Softplus', {}) {
  call(x: Tensor): Tensor {
    return softplus(x);
  }
}
