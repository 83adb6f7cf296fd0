import { add, div, mul, sqrt, square, sub } from '@weft/core';
import { above0, from0 } from '../options/readers.js';
import type { OptionsOf, Schema } from '../options/schema.js';
import { learningRateOf } from '../schedules/schedule.js';
import { BaseOptimizer, COMMON_OPTIONS, type RuleInput } from './base-optimizer.js';
import type { UpdateResult } from './optimizer.js';

const OPTIONS = {
  /** A number or a schedule. Default 0.001. */
  learningRate: [learningRateOf, 0.001],
  /** What the sum of the squares starts from. Default 0.1. */
  initialAccumulatorValue: [from0, 0.1],
  /** Keeps the quotient finite, above 0. Default 1e-7. */
  epsilon: [above0, 1e-7],
  ...COMMON_OPTIONS,
} as const satisfies Schema;

/** Options of `Adagrad`, as in Keras. */
export type AdagradOptions = OptionsOf<typeof OPTIONS>;

/**
 * Divides the gradient by the root of the sum of all its squares so far:
 * parameter ← parameter − learningRate · gradient / sqrt(initialAccumulatorValue + accumulator + epsilon). The slot
 * `accumulator` is that sum without its first value, which Keras puts into its variable of that name.
 *
 * @see Duchi, Hazan and Singer (2011), Adaptive subgradient methods
 * @example
 * const optimizer = new Adagrad({ learningRate: 0.1 });
 * console.log(optimizer.slots); // [ 'accumulator' ]
 */
export class Adagrad extends BaseOptimizer<typeof OPTIONS> {
  protected readonly ruleSlots = ['accumulator'];

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: AdagradOptions = {}) {
    super('Adagrad', OPTIONS, options);
  }

  protected rule({ parameter, gradient, state: [accumulator], rate }: RuleInput): UpdateResult {
    const { initialAccumulatorValue, epsilon } = this.options;
    const sum = add(accumulator, square(gradient));
    const size = sqrt(add(sum, initialAccumulatorValue + epsilon));
    return { parameter: sub(parameter, div(mul(gradient, rate), size)), state: [sum] };
  }
}
