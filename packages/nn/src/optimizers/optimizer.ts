import type { Tensor } from '@weft/core';
import { reshape, slice } from '@weft/core';
import { refuse } from '@weft/core/program';
import type { LearningRate } from '../schedules/schedule.js';

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
  /** The weight's path in its model, such as `dense/kernel`. */
  readonly path?: string | undefined;
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
 *   scalars: (_step, learningRate = 0.01) => [learningRate],
 *   update: ({ parameter, gradient, scalars }) => ({
 *     parameter: sub(parameter, mul(sub(greater(gradient, 0), less(gradient, 0)), scalars)),
 *     state: [],
 *   }),
 *   config: () => ({}),
 * };
 */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: LearningRate;
  /** Names of the tensors kept for each weight, all of its shape and starting at zero, as Keras names them. */
  readonly slots: readonly string[];
  /** The slot whose values become the weights when `fit` ends, such as their moving averages. */
  readonly finalSlot?: string | undefined;
  /**
   * Numbers that change with the step (1, 2, ...), given to `update` as a float32 tensor of this length. They are
   * computed in float64 with exactly rounded operations only, so that they are the same bits in every engine.
   *
   * @param learningRate where a callback has set it; else that of `learningRate` counts
   */
  scalars(step: number, learningRate?: number): readonly number[];
  /** One step of a whole weight, built of any operations. */
  update(input: UpdateInput): UpdateResult;
  /** One value computed from all gradients before any update, such as their norm; `update` receives it as `shared`. */
  shared?(gradients: readonly Tensor[]): Tensor;
  /**
   * Those of the weights, by their paths, that it changes; without it all. The others are as if they were not trainable.
   *
   * @throws RangeError if it is to treat weights in a special way that are not there
   */
  trained?(paths: readonly string[]): readonly string[];
  /** The options as plain data. */
  config(): Record<string, unknown>;
}

/** One of the scalars, of shape []. */
export const at = (scalars: Tensor, index: number): Tensor => reshape(slice(scalars, [index], [index + 1]), []);

/** @throws RangeError if it is not a whole number from 1 */
export function checkStep(label: string, step: number): void {
  if (!Number.isSafeInteger(step) || step < 1) refuse(label, 'step', step, 'a whole number from 1');
}
