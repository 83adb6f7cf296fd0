import { numberIn, refuse } from '@weft/core/program';

/**
 * A learning rate as a function of the step. It can stand wherever a learning rate can stand as a number.
 *
 * @example
 * const inverseRoot: Schedule = {
 *   name: 'InverseRoot',
 *   at: (step) => 0.01 / Math.sqrt(step + 1),
 *   config: () => ({}),
 * };
 * const optimizer = new SGD({ learningRate: inverseRoot });
 */
export interface Schedule {
  readonly name: string;
  /**
   * The learning rate of the step after `step` others: 0 for the first one. It uses + - * / and `Math.sqrt` only, so
   * that it gives the same bits in every engine.
   */
  at(step: number): number;
  /** The options as plain data: training resumes from a checkpoint only with the same. */
  config(): Record<string, unknown>;
}

/** A learning rate as a user gives it. */
export type LearningRate = number | Schedule;

/** @throws RangeError if it is neither a number from 0 nor a schedule */
export function learningRateOf(label: string, option: string, value: unknown): LearningRate {
  if (typeof value === 'number') return numberIn(label, option, value, 0, Infinity);
  const { name, at, config } = (value ?? {}) as Record<string, unknown>;
  if (typeof name === 'string' && typeof at === 'function' && typeof config === 'function') return value as Schedule;
  return refuse(label, option, value, 'a number from 0, or a schedule such as new CosineDecay({ ... })');
}

/** The learning rate of the step after `step` others. @throws RangeError if a schedule gives no number from 0 */
export function rateAt(rate: LearningRate, step: number): number {
  if (typeof rate === 'number') return rate;
  return numberIn(rate.name, `the learning rate of step ${step}`, rate.at(step), 0, Infinity);
}

/** A learning rate as plain data. */
export function rateConfig(rate: LearningRate): unknown {
  return typeof rate === 'number' ? rate : { name: rate.name, ...rate.config() };
}
