import { cast, Tensor } from '@weft/core';
import { describe, formatShape } from '@weft/core/program';
import type { MeasuredSet, Metric } from './metric.js';

/**
 * What has to be kept of each example of a batch so that `metricResult` can tell a metric of the whole set.
 *
 * @param label how errors name the metric
 * @returns tensors [batch, ...] of float32, by name
 * @throws RangeError if the metric gives something of another shape
 * @example
 * const { value } = metricScores(accuracy, tensor([[0.9], [0.2]]), tensor([[1], [1]]));
 * value; // [1, 0]
 */
export function metricScores(
  metric: Metric,
  prediction: Tensor,
  target: Tensor,
  label: string = metric.name,
): Record<string, Tensor> {
  const batch = prediction.shape[0];
  if ('values' in metric) return { value: perExample(label, metric.values(prediction, target), batch) };
  const isSums = 'sums' in metric;
  const parts = isSums ? metric.sums(prediction, target) : metric.scores(prediction, target);
  const entries = Object.entries(parts);
  return Object.fromEntries(entries.map(([key, part]) => [key, perExample(`${label}.${key}`, part, batch, !isSums)]));
}

function perExample(label: string, part: unknown, batch: number, mayHaveMore = false): Tensor {
  const shape = part instanceof Tensor ? part.shape : [];
  if (part instanceof Tensor && shape[0] === batch && (mayHaveMore || shape.length === 1)) return cast(part, 'float32');
  const remedy = shape[0] === batch ? ' Take the mean over the other axes.' : '';
  throw new RangeError(
    `metrics: ${label} gives ${part instanceof Tensor ? formatShape(shape) : describe(part)} for a batch of ${batch}; ` +
      `expected [${batch}${mayHaveMore ? ', ...' : ''}], one for each example.${remedy}`,
  );
}

/**
 * A metric of a set, from what was kept of its examples. It adds up in float64, example after example: so it does not
 * depend on how the examples were divided into batches.
 *
 * @param arrays by the names that `metricScores` gave, all examples one after another
 * @example
 * const kept = { value: Float32Array.of(1, 0, 1, 1) };
 * metricResult(accuracy, kept, { examples: 4, weights: undefined }); // 0.75
 */
export function metricResult(metric: Metric, arrays: Readonly<Record<string, Float32Array>>, set: MeasuredSet): number {
  if ('values' in metric) return weightedMean(arrays.value, set);
  if ('scores' in metric) return metric.result(arrays, set);
  const sums = Object.entries(arrays).map(([key, array]) => [key, weightedSums(array, set)[0]]);
  return metric.result(Object.fromEntries(sums));
}

/**
 * A metric of predictions that one has, without a trainer.
 *
 * @param prediction   [count, ...]
 * @param target       as the metric wants it
 * @param sampleWeight how much each example counts, [count]
 * @throws RangeError if shapes do not fit
 * @example
 * measure(accuracy, tensor([0.9, 0.2]), tensor([1, 1])); // 0.5
 */
export function measure(metric: Metric, prediction: Tensor, target: Tensor, sampleWeight?: Tensor): number {
  const scores = Object.entries(metricScores(metric, prediction, target));
  const arrays = scores.map(([key, tensor]) => [key, tensor.toArray() as Float32Array] as const);
  const weights =
    sampleWeight && (perExample('sampleWeight', sampleWeight, prediction.shape[0]).toArray() as Float32Array);
  return metricResult(metric, Object.fromEntries(arrays), { examples: prediction.shape[0], weights });
}

/** Sums over the examples of each of the numbers that an example has. */
export function weightedSums(array: Float32Array, { examples, weights }: MeasuredSet): Float64Array {
  const size = array.length / examples;
  const sums = new Float64Array(size);
  for (let example = 0, at = 0; example < examples; example++) {
    const weight = weights ? weights[example] : 1;
    for (let which = 0; which < size; which++, at++) sums[which] += weight * array[at];
  }
  return sums;
}

/** The mean over the examples of a number for each. */
export function weightedMean(array: Float32Array, set: MeasuredSet): number {
  const { examples, weights } = set;
  const total = weights ? weights.reduce((so, weight) => so + weight, 0) : examples;
  return weightedSums(array, set)[0] / total;
}
