import { add, mul, sub } from '@weft/core';
import { decay, flag } from '../options/readers.js';
import type { OptionsOf, Schema } from '../options/schema.js';
import { learningRateOf } from '../schedules/schedule.js';
import { BaseOptimizer, COMMON_OPTIONS, type RuleInput } from './base-optimizer.js';
import type { UpdateResult } from './optimizer.js';

const OPTIONS = {
  /** A number or a schedule. Default 0.01. */
  learningRate: [learningRateOf, 0.01],
  /** From 0 to below 1; 0 keeps no state. Default 0. */
  momentum: [decay, 0],
  /** Whether the gradient is followed from where the momentum leads. Default false. */
  nesterov: [flag, false],
  ...COMMON_OPTIONS,
} as const satisfies Schema;

/** Options of `SGD`, as in Keras. */
export type SGDOptions = OptionsOf<typeof OPTIONS>;

/**
 * Gradient descent, with momentum as Keras defines it: momentum ← factor · momentum − learningRate · gradient.
 * The state is named `momentum`, as there.
 *
 * @see Sutskever et al. (2013), On the importance of initialization and momentum in deep learning
 * @example
 * const optimizer = new SGD({ learningRate: 0.01, momentum: 0.9 });
 * optimizer.slots; // ['momentum']
 */
export class SGD extends BaseOptimizer<typeof OPTIONS> {
  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: SGDOptions = {}) {
    super('SGD', OPTIONS, options);
    if (this.options.nesterov && this.options.momentum === 0) {
      throw new RangeError('SGD: nesterov is true without momentum. Give momentum, such as 0.9.');
    }
  }

  protected get ruleSlots(): readonly string[] {
    return this.options.momentum === 0 ? [] : ['momentum'];
  }

  protected rule({ parameter, gradient, state: [last], rate }: RuleInput): UpdateResult {
    const { momentum, nesterov } = this.options;
    const change = mul(gradient, rate);
    if (momentum === 0) return { parameter: sub(parameter, change), state: [] };
    const next = sub(mul(last, momentum), change);
    const step = nesterov ? sub(mul(next, momentum), change) : next;
    return { parameter: add(parameter, step), state: [next] };
  }
}
