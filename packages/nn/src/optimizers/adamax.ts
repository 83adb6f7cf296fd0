import { abs, add, div, maximum, mul, sub } from '@weft/core';
import { above0, decay } from '../options/readers.js';
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
  /** Decay of their largest size, from 0 to below 1. Default 0.999. */
  beta2: [decay, 0.999],
  /** Keeps the quotient finite, above 0. Default 1e-7. */
  epsilon: [above0, 1e-7],
  ...COMMON_OPTIONS,
} as const satisfies Schema;

/** Options of `Adamax`, as in Keras. */
export type AdamaxOptions = OptionsOf<typeof OPTIONS>;

/**
 * `Adam` with the largest size of the gradients, `norm`, which decays, in the place of the root of the mean of squares.
 *
 * @see Kingma and Ba (2015), Adam: a method for stochastic optimization, section 7.1
 * @example
 * const optimizer = new Adamax({ learningRate: 0.002 });
 * console.log(optimizer.slots); // [ 'momentum', 'norm' ]
 */
export class Adamax extends BaseOptimizer<typeof OPTIONS> {
  protected readonly ruleSlots = ['momentum', 'norm'];

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: AdamaxOptions = {}) {
    super('Adamax', OPTIONS, options);
  }

  /** learningRate / (1 − beta1^t). */
  protected override rateOf(step: number, learningRate: number): number {
    return learningRate / (1 - power(this.options.beta1, step));
  }

  protected rule({ parameter, gradient, state: [momentum, norm], rate }: RuleInput): UpdateResult {
    const { beta1, beta2, epsilon } = this.options;
    const mean = add(mul(momentum, beta1), mul(gradient, 1 - beta1));
    const size = maximum(mul(norm, beta2), abs(gradient));
    return { parameter: sub(parameter, div(mul(mean, rate), add(size, epsilon))), state: [mean, size] };
  }
}
