import type { Tensor } from '@weft/core';
import { add, div, maximum, mul, reshape, slice, sqrt, square, sum } from '@weft/core';
import { numberIn, refuse } from '@weft/core/program';

/** What an optimiser changes in one step: a whole weight. */
export interface UpdateInput {
  /** The weight, in its own shape. */
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** A tensor of the weight's shape for each of `slots`, in that order. */
  readonly state: readonly Tensor[];
  /** What `scalars` gave for this step. */
  readonly scalars: Tensor;
  /** What `shared` gave for this step, if the optimiser has it. */
  readonly shared?: Tensor | undefined;
}

/** The weight and its state after a step. */
export interface UpdateResult {
  readonly parameter: Tensor;
  readonly state: readonly Tensor[];
}

/**
 * A rule that turns gradients into changes of weights. It is a description: the state is kept by who trains.
 *
 * @example
 * const signDescent: Optimizer = {
 *   name: 'SignDescent',
 *   learningRate: 0.01,
 *   slots: [],
 *   scalars: () => [0.01],
 *   update: ({ parameter, gradient, scalars }) => ({
 *     parameter: sub(parameter, mul(sub(greater(gradient, 0), less(gradient, 0)), scalars)),
 *     state: [],
 *   }),
 *   config: () => ({}),
 * };
 */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: number;
  /** Names of the tensors kept for each weight, all of its shape and starting at zero, as Keras names them. */
  readonly slots: readonly string[];
  /**
   * Numbers that change with the step (1, 2, ...), given to `update` as a float32 tensor of this length. They are
   * computed in float64 with exactly rounded operations only, so that they are the same bits in every engine.
   */
  scalars(step: number): readonly number[];
  /** One step of a whole weight, built of any operations. */
  update(input: UpdateInput): UpdateResult;
  /** One value computed from all gradients before any update, such as their norm; `update` receives it as `shared`. */
  shared?(gradients: readonly Tensor[]): Tensor;
  /** The options as plain data. */
  config(): Record<string, unknown>;
}

/** One of the scalars, of shape []. */
export const at = (scalars: Tensor, index: number): Tensor => reshape(slice(scalars, [index], [index + 1]), []);

/** base^exponent by repeated squaring: products in an order that is the same everywhere, unlike Math.pow. */
export function power(base: number, exponent: number): number {
  let result = 1;
  let factor = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= factor;
    factor *= factor;
  }
  return result;
}

/** @throws RangeError if it is not a whole number from 1 */
export function checkStep(label: string, step: number): void {
  if (!Number.isSafeInteger(step) || step < 1) refuse(label, 'step', step, 'a whole number from 1');
}

/** Options of every optimiser. */
export interface OptimizerOptions {
  /** Largest norm of all gradients together; above it all are scaled down alike, as by Keras's `global_clipnorm`. */
  readonly globalClipNorm?: number;
}

/** What clips gradients by their common norm; nothing where no norm is given. */
export function clippingBy(label: string, limit: number | undefined) {
  if (limit === undefined) return undefined;
  numberIn(label, 'globalClipNorm', limit, 0, Infinity);
  if (Math.fround(limit) === 0) refuse(label, 'globalClipNorm', limit, 'a number above 0');
  /** limit / max(norm, limit): the factor of every gradient. */
  return (gradients: readonly Tensor[]): Tensor => {
    const squares = gradients.map((gradient) => sum(square(gradient)));
    return div(limit, maximum(sqrt(squares.reduce((total, each) => add(total, each))), limit));
  };
}

/** The gradient as `update` uses it: clipped, if the optimiser clips. */
export const clipped = ({ gradient, shared }: UpdateInput): Tensor => (shared ? mul(gradient, shared) : gradient);
