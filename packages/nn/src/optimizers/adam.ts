import { add, div, maximum, mul, sqrt, square, sub } from '@weft/core';
import { above0, decay, flag } from '../options/readers.js';
import type { OptionsOf, Schema } from '../options/schema.js';
import { power } from '../schedules/functions.js';
import { learningRateOf } from '../schedules/schedule.js';
import { BaseOptimizer, COMMON_OPTIONS, type RuleInput } from './base-optimizer.js';
import type { UpdateResult } from './optimizer.js';

const OPTIONS = {
  /** A number or a schedule. Default 0.001. */
  learningRate: [learningRateOf, 0.001],
  /** Decay of the mean of the gradients, from 0 to below 1. Default 0.9. */
  beta1: [decay, 0.9],
  /** Decay of the mean of their squares, from 0 to below 1. Default 0.999. */
  beta2: [decay, 0.999],
  /** Keeps the quotient finite, above 0. Default 1e-7. */
  epsilon: [above0, 1e-7],
  /** Whether to divide by the largest mean of squares so far, in the slot `velocity_hat`. Default false. */
  amsgrad: [flag, false],
  ...COMMON_OPTIONS,
} as const satisfies Schema;

/** Options of `Adam` and `AdamW`, as in Keras. */
export type AdamOptions = OptionsOf<typeof OPTIONS>;

/**
 * Adaptive moment estimation, as Keras computes it: with m and v the decaying means of the gradients and of their
 * squares, named `momentum` and `velocity`, and alpha = learningRate · sqrt(1 − beta2^t) / (1 − beta1^t),
 * parameter ← parameter − alpha · m / (sqrt(v) + epsilon).
 *
 * Algorithm 1 of the paper, and PyTorch, add epsilon to the root after its bias has been corrected instead: that is
 * another epsilon by the factor sqrt(1 − beta2^t), 1/32 in the first step.
 *
 * @see Kingma and Ba (2015), Adam: a method for stochastic optimization, end of section 2
 * @see Reddi, Kale and Kumar (2018), On the convergence of Adam and beyond, for amsgrad
 * @example
 * const optimizer = new Adam({ learningRate: 0.001 });
 * optimizer.slots; // ['momentum', 'velocity']
 */
export class Adam extends BaseOptimizer<typeof OPTIONS> {
  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: AdamOptions = {}, name = 'Adam') {
    super(name, OPTIONS, options);
  }

  protected get ruleSlots(): readonly string[] {
    return ['momentum', 'velocity', ...(this.options.amsgrad ? ['velocity_hat'] : [])];
  }

  /** learningRate · sqrt(1 − beta2^t) / (1 − beta1^t). */
  protected override rateOf(step: number, learningRate: number): number {
    const { beta1, beta2 } = this.options;
    return (learningRate * Math.sqrt(1 - power(beta2, step))) / (1 - power(beta1, step));
  }

  protected rule({ parameter, gradient, state: [m, v, largest], rate }: RuleInput): UpdateResult {
    const { beta1, beta2, epsilon, amsgrad } = this.options;
    const first = add(mul(m, beta1), mul(gradient, 1 - beta1));
    const second = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
    const state = amsgrad ? [first, second, maximum(largest, second)] : [first, second];
    const step = div(mul(first, rate), add(sqrt(state[state.length - 1]), epsilon));
    return { parameter: sub(parameter, step), state };
  }
}

/**
 * `Adam` with weight decay that does not go through the means of the gradients. `weightDecay` is 0.004 by default, as in
 * Keras, and all weights decay; `excludeFromWeightDecay: biasesAndScales` spares those that usually are.
 *
 * @see Loshchilov and Hutter (2019), Decoupled weight decay regularization
 * @example
 * const optimizer = new AdamW({ weightDecay: 0.01, excludeFromWeightDecay: biasesAndScales });
 * console.log(optimizer.slots); // [ 'momentum', 'velocity' ]
 */
export class AdamW extends Adam {
  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: AdamOptions = {}) {
    super({ ...options, weightDecay: options.weightDecay ?? 0.004 }, 'AdamW');
  }
}
