import type { Tensor } from '@weft/core';
import { add, div, mul, reshape, slice, sqrt, square, sub } from '@weft/core';
import { checkKnownOptions, numberIn, refuse } from '@weft/core/program';
import { flag } from '../layers/options.js';

/** What an optimiser changes in one step: a parameter, or a flat slice of one. */
export interface UpdateInput {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** `slots` tensors of the parameter's shape. */
  readonly state: readonly Tensor[];
  /** What `scalars` gave for this step. */
  readonly scalars: Tensor;
}

/** The parameter and its state after a step. */
export interface UpdateResult {
  readonly parameter: Tensor;
  readonly state: readonly Tensor[];
}

/**
 * A rule that turns gradients into changes of parameters. It is a description: the state is kept by who trains.
 */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: number;
  /** State tensors kept for each parameter, all starting at zero. */
  readonly slots: number;
  /**
   * Numbers that change with the step (1, 2, ...), given to `update` as a float32 tensor of this length. They are
   * computed in float64 with exactly rounded operations only, so that they are the same bits in every engine.
   */
  scalars(step: number): readonly number[];
  /** One step, built of element-wise operations: it may be applied to any flat slice of a parameter. */
  update(input: UpdateInput): UpdateResult;
  /** The options as plain data. */
  config(): Record<string, unknown>;
}

const at = (scalars: Tensor, index: number): Tensor => reshape(slice(scalars, [index], [index + 1]), []);

/** base^exponent by repeated squaring: products in an order that is the same everywhere, unlike Math.pow. */
function power(base: number, exponent: number): number {
  let result = 1;
  let factor = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= factor;
    factor *= factor;
  }
  return result;
}

function checkStep(label: string, step: number): void {
  if (!Number.isSafeInteger(step) || step < 1) refuse(label, 'step', step, 'a whole number from 1');
}

/** Options of `SGD`, as in Keras. */
export interface SGDOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** From 0 to below 1; 0 keeps no state. Default 0. */
  readonly momentum?: number;
  /** Whether the gradient is followed from where the momentum leads. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent, with momentum as Keras defines it: velocity ← momentum · velocity − learningRate · gradient.
 *
 * @see Sutskever et al. (2013), On the importance of initialization and momentum in deep learning
 */
export class SGD implements Optimizer {
  readonly name = 'SGD';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: SGDOptions = {}) {
    checkKnownOptions('SGD', options, ['learningRate', 'momentum', 'nesterov']);
    const { learningRate = 0.01, momentum = 0, nesterov = false } = options;
    this.learningRate = numberIn('SGD', 'learningRate', learningRate, 0, Infinity);
    this.momentum = numberIn('SGD', 'momentum', momentum, 0, 1);
    this.nesterov = flag('SGD', 'nesterov', nesterov);
  }

  get slots(): number {
    return this.momentum === 0 ? 0 : 1;
  }

  /** The learning rate, which no program needs to be compiled anew for. */
  scalars(step: number): readonly number[] {
    checkStep('SGD', step);
    return [this.learningRate];
  }

  update({ parameter, gradient, state: [velocity], scalars }: UpdateInput): UpdateResult {
    const change = mul(gradient, at(scalars, 0));
    if (this.slots === 0) return { parameter: sub(parameter, change), state: [] };
    const next = sub(mul(velocity, this.momentum), change);
    const step = this.nesterov ? sub(mul(next, this.momentum), change) : next;
    return { parameter: add(parameter, step), state: [next] };
  }

  config(): Record<string, unknown> {
    const { learningRate, momentum, nesterov } = this;
    return { learningRate, momentum, nesterov };
  }
}

/** Options of `Adam`, as in Keras. */
export interface AdamOptions {
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
 * Adaptive moment estimation: parameter ← parameter − learningRate · m̂ / (sqrt(v̂) + epsilon), where m̂ and v̂ are the
 * moments after their bias has been corrected. This is Algorithm 1 of the paper, and what PyTorch does. Keras
 * corrects the bias by a factor sqrt(1 − beta2^t) / (1 − beta1^t) of the learning rate instead, so that its epsilon
 * is added to the root of the uncorrected v: in the first steps it weighs up to 1/sqrt(1 − beta2) = 32 times as much.
 *
 * @see Kingma and Ba (2015), Adam: a method for stochastic optimization, Algorithm 1
 */
export class Adam implements Optimizer {
  readonly name = 'Adam';
  readonly slots = 2;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: AdamOptions = {}) {
    checkKnownOptions('Adam', options, ['learningRate', 'beta1', 'beta2', 'epsilon']);
    const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    this.learningRate = numberIn('Adam', 'learningRate', learningRate, 0, Infinity);
    this.beta1 = numberIn('Adam', 'beta1', beta1, 0, 1);
    this.beta2 = numberIn('Adam', 'beta2', beta2, 0, 1);
    this.epsilon = numberIn('Adam', 'epsilon', epsilon, 0, Infinity);
    if (Math.fround(epsilon) === 0) refuse('Adam', 'epsilon', epsilon, 'a number that float32 tells from 0');
  }

  /** learningRate / (1 − beta1^t) and 1 / sqrt(1 − beta2^t). */
  scalars(step: number): readonly number[] {
    checkStep('Adam', step);
    return [this.learningRate / (1 - power(this.beta1, step)), 1 / Math.sqrt(1 - power(this.beta2, step))];
  }

  update({ parameter, gradient, state: [m, v], scalars }: UpdateInput): UpdateResult {
    const first = add(mul(m, this.beta1), mul(gradient, 1 - this.beta1));
    const second = add(mul(v, this.beta2), mul(square(gradient), 1 - this.beta2));
    const root = add(mul(sqrt(second), at(scalars, 1)), this.epsilon);
    return { parameter: sub(parameter, div(mul(first, at(scalars, 0)), root)), state: [first, second] };
  }

  config(): Record<string, unknown> {
    const { learningRate, beta1, beta2, epsilon } = this;
    return { learningRate, beta1, beta2, epsilon };
  }
}
