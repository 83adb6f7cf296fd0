import type { Tensor } from '@weft/core';
import { add, div, mul, sqrt, square, sub } from '@weft/core';
import { checkKnownOptions, numberIn, refuse } from '@weft/core/program';
import {
  at,
  checkStep,
  clipped,
  clippingBy,
  type Optimizer,
  type OptimizerOptions,
  power,
  type UpdateInput,
  type UpdateResult,
} from './optimizer.js';

/** Options of `Adam`, as in Keras. */
export interface AdamOptions extends OptimizerOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean of the gradients, from 0 to below 1. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares, from 0 to below 1. Default 0.999. */
  readonly beta2?: number;
  /** Keeps the quotient finite, above 0. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adaptive moment estimation, as Keras computes it: with m and v the decaying means of the gradients and of their
 * squares, named `momentum` and `velocity`, and alpha = learningRate · sqrt(1 − beta2^t) / (1 − beta1^t),
 * parameter ← parameter − alpha · m / (sqrt(v) + epsilon).
 *
 * Algorithm 1 of the paper, and PyTorch, add epsilon to the root after its bias has been corrected instead: that is
 * another epsilon by the factor sqrt(1 − beta2^t), 1/32 in the first step.
 *
 * @see Kingma and Ba (2015), Adam: a method for stochastic optimization, end of section 2
 */
export class Adam implements Optimizer {
  readonly name = 'Adam';
  readonly slots: readonly string[] = ['momentum', 'velocity'];
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly globalClipNorm: number | undefined;
  /** Given if the gradients are clipped. */
  readonly shared?: (gradients: readonly Tensor[]) => Tensor;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: AdamOptions = {}) {
    checkKnownOptions('Adam', options, ['learningRate', 'beta1', 'beta2', 'epsilon', 'globalClipNorm']);
    const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    this.learningRate = numberIn('Adam', 'learningRate', learningRate, 0, Infinity);
    this.beta1 = numberIn('Adam', 'beta1', beta1, 0, 1);
    this.beta2 = numberIn('Adam', 'beta2', beta2, 0, 1);
    this.epsilon = numberIn('Adam', 'epsilon', epsilon, 0, Infinity);
    if (Math.fround(epsilon) === 0) refuse('Adam', 'epsilon', epsilon, 'a number that float32 tells from 0');
    this.globalClipNorm = options.globalClipNorm;
    const shared = clippingBy('Adam', options.globalClipNorm);
    if (shared) this.shared = shared;
  }

  /** learningRate · sqrt(1 − beta2^t) / (1 − beta1^t). */
  scalars(step: number): readonly number[] {
    checkStep('Adam', step);
    return [(this.learningRate * Math.sqrt(1 - power(this.beta2, step))) / (1 - power(this.beta1, step))];
  }

  update(input: UpdateInput): UpdateResult {
    const { parameter, state, scalars } = input;
    const [m, v] = state;
    const gradient = clipped(input);
    const first = add(mul(m, this.beta1), mul(gradient, 1 - this.beta1));
    const second = add(mul(v, this.beta2), mul(square(gradient), 1 - this.beta2));
    const step = div(mul(first, at(scalars, 0)), add(sqrt(second), this.epsilon));
    return { parameter: sub(parameter, step), state: [first, second] };
  }

  config(): Record<string, unknown> {
    const { learningRate, beta1, beta2, epsilon, globalClipNorm } = this;
    return { learningRate, beta1, beta2, epsilon, ...(globalClipNorm !== undefined && { globalClipNorm }) };
  }
}
