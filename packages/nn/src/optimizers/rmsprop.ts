import { add, div, maximum, mul, sqrt, square, sub } from '@weft/core';
import { above0, decay, flag } from '../options/readers.js';
import type { OptionsOf, Schema } from '../options/schema.js';
import { learningRateOf } from '../schedules/schedule.js';
import { BaseOptimizer, COMMON_OPTIONS, type RuleInput } from './base-optimizer.js';
import type { UpdateResult } from './optimizer.js';

const OPTIONS = {
  /** A number or a schedule. Default 0.001. */
  learningRate: [learningRateOf, 0.001],
  /** Decay of the mean of the squares, from 0 to below 1. Default 0.9. */
  rho: [decay, 0.9],
  /** From 0 to below 1. Default 0. */
  momentum: [decay, 0],
  /** Keeps the quotient finite, above 0. Default 1e-7. */
  epsilon: [above0, 1e-7],
  /** Whether to divide by the deviation from the mean gradient instead of by the size. Default false. */
  centered: [flag, false],
  ...COMMON_OPTIONS,
} as const satisfies Schema;

/** Options of `RMSprop`, as in Keras. */
export type RMSpropOptions = OptionsOf<typeof OPTIONS>;

/**
 * Divides the gradient by the root of the decaying mean of its squares, `velocity`:
 * parameter ← parameter − learningRate · gradient / sqrt(velocity + epsilon). With `centered` the square of the mean
 * gradient, `average_gradient`, is taken off velocity. With `momentum` the steps add up.
 *
 * @see Tieleman and Hinton (2012), Lecture 6.5 of Neural networks for machine learning; the place of epsilon as in Keras
 * @example
 * const optimizer = new RMSprop({ learningRate: 0.01, momentum: 0.9, centered: true });
 * console.log(optimizer.slots); // [ 'velocity', 'momentum', 'average_gradient' ]
 */
export class RMSprop extends BaseOptimizer<typeof OPTIONS> {
  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: RMSpropOptions = {}) {
    super('RMSprop', OPTIONS, options);
  }

  protected get ruleSlots(): readonly string[] {
    const { momentum, centered } = this.options;
    return ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['average_gradient'] : [])];
  }

  protected rule({ parameter, gradient, state, rate }: RuleInput): UpdateResult {
    const { rho, momentum, epsilon, centered } = this.options;
    const velocity = add(mul(state[0], rho), mul(square(gradient), 1 - rho));
    const average = centered ? add(mul(state[state.length - 1], rho), mul(gradient, 1 - rho)) : undefined;
    // Rounding may make the difference of two equal numbers negative, which has no root.
    const variance = average ? maximum(sub(velocity, square(average)), 0) : velocity;
    const change = div(mul(gradient, rate), sqrt(add(variance, epsilon)));
    const step = momentum > 0 ? add(mul(state[1], momentum), change) : change;
    return {
      parameter: sub(parameter, step),
      state: [velocity, ...(momentum > 0 ? [step] : []), ...(average ? [average] : [])],
    };
  }
}
