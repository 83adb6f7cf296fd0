import type { Tensor } from '@weft/core';
import { describe } from '@weft/core/program';
import type { Loss } from '../losses/losses.js';

/** A metric that is the mean of a number for each example, such as accuracy. */
export interface MeanMetric {
  /** The key in logs, such as `accuracy`, and `val_accuracy` for validation. */
  readonly name: string;
  /**
   * Numbers of the examples, [batch]; the metric is their mean over the whole set, weighted by the examples' weights if
   * there are any.
   */
  values(prediction: Tensor, target: Tensor): Tensor;
}

/** A metric made of sums over the whole set. */
export interface SumsMetric {
  readonly name: string;
  /** What each example adds to each sum, times its weight if it has one: tensors [batch] by name. */
  sums(prediction: Tensor, target: Tensor): Readonly<Record<string, Tensor>>;
  /** The metric, from the sums over the whole set. */
  result(sums: Readonly<Record<string, number>>): number;
}

/** The set that a metric is of. */
export interface MeasuredSet {
  readonly examples: number;
  /** How much each example counts; undefined where all count the same. */
  readonly weights: Float32Array | undefined;
}

/** A metric that looks at all examples together, such as an area under a curve. */
export interface ScoresMetric {
  readonly name: string;
  /** What is kept of each example until the set has been seen: tensors [batch, ...] by name. */
  scores(prediction: Tensor, target: Tensor): Readonly<Record<string, Tensor>>;
  /** The metric, from what was kept of all examples, one after another in their order. */
  result(arrays: Readonly<Record<string, Float32Array>>, set: MeasuredSet): number;
}

/** What is measured besides the loss. Its name is its key in logs: camel case, as the names of the functions here. */
export type Metric = MeanMetric | SumsMetric | ScoresMetric;

/**
 * A metric from one, or from a loss that gives [batch].
 *
 * @param source a metric, or a loss such as `meanSquaredError`
 * @param name   default: the metric's own, or the function's, such as `meanSquaredError`
 * @throws TypeError if it is neither; RangeError if it has no name
 * @example
 * const metrics = [accuracy, metricOf(meanAbsoluteError), metricOf(binaryCrossentropy, 'nats')];
 * metrics.map(({ name }) => name); // ['accuracy', 'meanAbsoluteError', 'nats']
 */
export function metricOf(source: Metric | Loss, name: string = source?.name): Metric {
  const isLoss = typeof source === 'function';
  const members = (source ?? {}) as unknown as Record<string, unknown>;
  const kind = (['values', 'sums', 'scores'] as const).find((each) => typeof members[each] === 'function');
  if (!isLoss && (!kind || (kind !== 'values' && typeof members.result !== 'function'))) {
    throw new TypeError(
      `metricOf: expected a loss or a metric, { name, values }, { name, sums, result } or { name, scores, result }; ` +
        `got ${describe(source)}.`,
    );
  }
  if (typeof name !== 'string' || name === '') {
    throw new RangeError('metricOf: the metric has no name, by which logs could name it. Give one: metricOf(f, name).');
  }
  if (isLoss) return { name, values: source };
  const methods = [kind as string, 'result'].filter((method) => typeof members[method] === 'function');
  const bound = methods.map((method) => [method, (members[method] as () => unknown).bind(source)]);
  return { name, ...Object.fromEntries(bound) };
}
