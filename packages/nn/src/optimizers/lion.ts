import { add, greater, less, mul, sub } from '@weft/core';
import { decay } from '../options/readers.js';
import type { OptionsOf, Schema } from '../options/schema.js';
import { learningRateOf } from '../schedules/schedule.js';
import { BaseOptimizer, COMMON_OPTIONS, type RuleInput } from './base-optimizer.js';
import type { UpdateResult } from './optimizer.js';

const OPTIONS = {
  /** A number or a schedule; a third to a tenth of Adam's. Default 0.001. */
  learningRate: [learningRateOf, 0.001],
  /** How much of the momentum is in the direction of a step, from 0 to below 1. Default 0.9. */
  beta1: [decay, 0.9],
  /** How much of the momentum stays, from 0 to below 1. Default 0.99. */
  beta2: [decay, 0.99],
  ...COMMON_OPTIONS,
} as const satisfies Schema;

/** Options of `Lion`, as in Keras. */
export type LionOptions = OptionsOf<typeof OPTIONS>;

/**
 * Every number moves by the learning rate, in the direction of a mean of momentum and gradient:
 * parameter ← parameter − learningRate · sign(beta1 · momentum + (1 − beta1) · gradient).
 *
 * @see Chen et al. (2023), Symbolic discovery of optimization algorithms
 * @example
 * const optimizer = new Lion({ learningRate: 1e-4, weightDecay: 0.1 });
 * console.log(optimizer.slots); // [ 'momentum' ]
 */
export class Lion extends BaseOptimizer<typeof OPTIONS> {
  protected readonly ruleSlots = ['momentum'];

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: LionOptions = {}) {
    super('Lion', OPTIONS, options);
  }

  protected rule({ parameter, gradient, state: [momentum], rate }: RuleInput): UpdateResult {
    const { beta1, beta2 } = this.options;
    // Both means are taken from one difference, so that one loop computes them.
    const difference = sub(gradient, momentum);
    const direction = add(momentum, mul(difference, 1 - beta1));
    const sign = sub(greater(direction, 0), less(direction, 0));
    return {
      parameter: sub(parameter, mul(sign, rate)),
      state: [add(momentum, mul(difference, 1 - beta2))],
    };
  }
}
