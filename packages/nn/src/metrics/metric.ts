import type { Tensor } from '@weft/core';
import { describe, formatShape, sameShape } from '@weft/core/program';
import type { Loss } from '../losses/losses.js';

/** A metric that is the mean of a number for each example, such as accuracy. */
export interface MeanMetric {
  /** The key in logs, such as `accuracy`, and `valAccuracy` for validation. */
  readonly name: string;
  /**
   * Numbers of the examples, [batch]; the metric is their mean over the whole set, weighted by the examples' weights if
   * there are any.
   */
  values(prediction: Tensor, target: Tensor): Tensor;
}

/** A metric made of sums over the whole set, such as precision. */
export interface SumsMetric {
  readonly name: string;
  /** What each example adds to each sum: tensors [batch] by name. */
  sums(prediction: Tensor, target: Tensor): Readonly<Record<string, Tensor>>;
  /** The metric, from the sums over the whole set. */
  result(sums: Readonly<Record<string, number>>): number;
}

/** A metric that looks at all examples together, such as an area under a curve. */
export interface ScoresMetric {
  readonly name: string;
  /** Numbers of the examples, [batch] by name, that are kept for the whole set. */
  scores(prediction: Tensor, target: Tensor): Readonly<Record<string, Tensor>>;
  /** The metric, from the numbers of all examples, in the order of the examples. */
  result(arrays: Readonly<Record<string, Float32Array>>): number;
}

/** What is measured besides the loss. Its name is its key in logs: camel case, as the names of the functions here. */
export type Metric = MeanMetric | SumsMetric | ScoresMetric;

/** @throws RangeError if a tensor is not [batch] */
function checkPerExample(name: string, values: Tensor, prediction: Tensor): Tensor {
  if (sameShape(values.shape, prediction.shape.slice(0, 1))) return values;
  throw new RangeError(
    `${name}: expected a number for each example, ${formatShape(prediction.shape.slice(0, 1))}, got ` +
      `${formatShape(values.shape)}. Take the mean over the other axes alone.`,
  );
}

/**
 * A metric from one, or from a loss that gives [batch].
 *
 * @param source a metric, or a loss such as `meanSquaredError`
 * @param name   default: the metric's own, or the function's, such as `meanSquaredError`
 * @throws TypeError if it is neither; RangeError if it has no name, or later, if it does not give [batch]
 * @example
 * const metrics = [accuracy, metricOf(meanAbsoluteError), metricOf(binaryCrossentropy, 'nats')];
 */
export function metricOf(source: Metric | Loss, name: string = source?.name): Metric {
  const isLoss = typeof source === 'function';
  const kinds = ['values', 'sums', 'scores'] as const;
  const members = (source ?? {}) as unknown as Record<string, unknown>;
  const kind = isLoss ? 'values' : kinds.find((each) => typeof members[each] === 'function');
  if (!kind || (kind !== 'values' && typeof members.result !== 'function')) {
    throw new TypeError(
      `metricOf: expected a loss or a metric, { name, values }, { name, sums, result } or { name, scores, result }; ` +
        `got ${describe(source)}.`,
    );
  }
  if (typeof name !== 'string' || name === '') {
    throw new RangeError('metricOf: the metric has no name, by which logs could name it. Give one: metricOf(f, name).');
  }
  const measure = isLoss ? source : (members[kind] as MeanMetric['values'] | SumsMetric['sums']).bind(source);
  const checked = (prediction: Tensor, target: Tensor) => {
    const measured = measure(prediction, target);
    if (kind === 'values') return checkPerExample(name, measured as Tensor, prediction);
    for (const [part, values] of Object.entries(measured as Record<string, Tensor>)) {
      checkPerExample(`${name}: ${part}`, values, prediction);
    }
    return measured;
  };
  const result = isLoss || kind === 'values' ? undefined : (source as SumsMetric).result.bind(source);
  return { name, [kind]: checked, ...(result && { result }) } as unknown as Metric;
}
