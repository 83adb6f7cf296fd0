import type { Tensor } from '@weft/core';
import { add, mul, sub } from '@weft/core';
import { checkKnownOptions, numberIn } from '@weft/core/program';
import { flag } from '../layers/options.js';
import {
  at,
  checkStep,
  clipped,
  clippingBy,
  type Optimizer,
  type OptimizerOptions,
  type UpdateInput,
  type UpdateResult,
} from './optimizer.js';

/** Options of `SGD`, as in Keras. */
export interface SGDOptions extends OptimizerOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** From 0 to below 1; 0 keeps no state. Default 0. */
  readonly momentum?: number;
  /** Whether the gradient is followed from where the momentum leads. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent, with momentum as Keras defines it: momentum ← factor · momentum − learningRate · gradient.
 * The state is named `momentum`, as there.
 *
 * @see Sutskever et al. (2013), On the importance of initialization and momentum in deep learning
 */
export class SGD implements Optimizer {
  readonly name = 'SGD';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly globalClipNorm: number | undefined;
  /** Given if the gradients are clipped. */
  readonly shared?: (gradients: readonly Tensor[]) => Tensor;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: SGDOptions = {}) {
    checkKnownOptions('SGD', options, ['learningRate', 'momentum', 'nesterov', 'globalClipNorm']);
    const { learningRate = 0.01, momentum = 0, nesterov = false } = options;
    this.learningRate = numberIn('SGD', 'learningRate', learningRate, 0, Infinity);
    this.momentum = numberIn('SGD', 'momentum', momentum, 0, 1);
    this.nesterov = flag('SGD', 'nesterov', nesterov);
    this.globalClipNorm = options.globalClipNorm;
    const shared = clippingBy('SGD', options.globalClipNorm);
    if (shared) this.shared = shared;
  }

  get slots(): readonly string[] {
    return this.momentum === 0 ? [] : ['momentum'];
  }

  /** The learning rate, which no program needs to be compiled anew for. */
  scalars(step: number): readonly number[] {
    checkStep('SGD', step);
    return [this.learningRate];
  }

  update(input: UpdateInput): UpdateResult {
    const { parameter, state, scalars } = input;
    const change = mul(clipped(input), at(scalars, 0));
    if (this.momentum === 0) return { parameter: sub(parameter, change), state: [] };
    const next = sub(mul(state[0], this.momentum), change);
    const step = this.nesterov ? sub(mul(next, this.momentum), change) : next;
    return { parameter: add(parameter, step), state: [next] };
  }

  config(): Record<string, unknown> {
    const { learningRate, momentum, nesterov, globalClipNorm } = this;
    return { learningRate, momentum, nesterov, ...(globalClipNorm !== undefined && { globalClipNorm }) };
  }
}
