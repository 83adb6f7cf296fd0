import { mean, ones, square, sub, type Tensor, tensor, zeros } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  auc,
  binaryAccuracy,
  categoricalAccuracy,
  type MeanMetric,
  meanSquaredError,
  metricOf,
  precision,
  recall,
  type ScoresMetric,
  type SumsMetric,
  sparseCategoricalAccuracy,
} from '../index.js';

/** As a trainer does: sums over batches, then the result. */
function measureSums(metric: SumsMetric, batches: readonly (readonly [Tensor, Tensor])[]): number {
  const totals: Record<string, number> = {};
  for (const [prediction, target] of batches) {
    for (const [name, values] of Object.entries(metric.sums(prediction, target))) {
      expect(values.shape).toEqual(prediction.shape.slice(0, 1));
      totals[name] = values.toArray().reduce((total, value) => total + value, totals[name] ?? 0);
    }
  }
  return metric.result(totals);
}

function measureScores(metric: ScoresMetric, prediction: Tensor, target: Tensor): number {
  const arrays = Object.entries(metric.scores(prediction, target)).map(([name, values]) => [name, values.toArray()]);
  return metric.result(Object.fromEntries(arrays));
}

describe('accuracy', () => {
  const prediction = tensor([
    [0.1, 0.7, 0.2],
    [0.5, 0.5, 0],
    [0, 0.4, 0.6],
  ]);

  test('of whole labels and one-hot ones is the same, and the first of equal classes counts', () => {
    const hot = tensor([
      [0, 1, 0],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    for (const [metric, target] of [
      [accuracy, tensor([1, 0, 0])],
      [accuracy, tensor([[1], [0], [0]])],
      [accuracy, hot],
      [sparseCategoricalAccuracy, tensor([1, 0, 0])],
      [categoricalAccuracy, hot],
    ] as const) {
      expect([...metric.values(prediction, target).toArray()]).toEqual([1, 1, 0]);
    }
  });

  test('of one number for each example looks at which side of 0.5 it lies', () => {
    const binary = tensor([[0.9], [0.5], [0.2]]);
    const target = tensor([[1], [1], [0]]);
    expect([...accuracy.values(binary, target).toArray()]).toEqual([1, 0, 1]);
    expect([...binaryAccuracy.values(binary, target).toArray()]).toEqual([1, 0, 1]);
    expect([...accuracy.values(tensor([0.9, 0.1]), tensor([1, 1])).toArray()]).toEqual([1, 0]);
  });

  test('refuses other shapes', () => {
    expect(() => accuracy.values(zeros([4, 3]), zeros([3]))).toThrow('the prediction is [4,3] but the target [3]');
  });
});

test('precision and recall are of the whole set, not means of batches', () => {
  const batches = [
    [tensor([0.9, 0.8, 0.1]), tensor([1, 0, 1])],
    [tensor([0.7, 0.2, 0.1]), tensor([1, 0, 0])],
  ] as const;
  expect(measureSums(precision, batches)).toBeCloseTo(2 / 3, 12);
  expect(measureSums(recall, batches)).toBeCloseTo(2 / 3, 12);
  expect(measureSums(precision, [[zeros([2]), ones([2])]])).toBe(0);
});

test('auc is the part of pairs in which the example of 1 has the higher score, ties counting half', () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(0, 1));
  fc.assert(
    fc.property(fc.array(pair, { minLength: 2, maxLength: 30 }), (pairs) => {
      const scores = pairs.map(([score]) => score / 8);
      const ones = pairs.filter(([, target]) => target === 1);
      const others = pairs.filter(([, target]) => target === 0);
      const won = ones.flatMap(([a]) => others.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0)));
      const got = measureScores(auc, tensor(scores), tensor(pairs.map(([, target]) => target)));
      if (won.length === 0) expect(got).toBeNaN();
      else expect(got).toBeCloseTo(won.reduce((total: number, each) => total + each, 0) / won.length, 12);
    }),
    { numRuns: 40 },
  );
  expect(measureScores(auc, tensor([Number.NaN, 1]), tensor([0, 1]))).toBeNaN();
});

describe('metricOf', () => {
  test('makes a metric of a loss, under its name or another', () => {
    const metric = metricOf(meanSquaredError, 'mse') as MeanMetric;
    expect(metric.name).toBe('mse');
    expect([...metric.values(tensor([[1, 3]]), tensor([[0, 0]])).toArray()]).toEqual([5]);
    const squared = (prediction: Tensor, target: Tensor) => mean(square(sub(prediction, target)), 1);
    expect(metricOf(squared).name).toBe('squared');
    expect(metricOf(accuracy, 'top').name).toBe('top');
    expect(measureSums(metricOf(precision) as SumsMetric, [[ones([1]), ones([1])]])).toBe(1);
  });

  test('refuses what is none, has no name, or does not give a number for each example', () => {
    expect(() => metricOf({} as never, 'x')).toThrow('metricOf: expected a loss or a metric');
    expect(() => metricOf({ name: 'x', sums: () => ({}) } as never)).toThrow('{ name, sums, result }');
    expect(() => metricOf((prediction) => prediction, '')).toThrow('the metric has no name');
    const whole = metricOf((prediction) => mean(prediction), 'whole') as MeanMetric;
    expect(() => whole.values(zeros([4, 2]), zeros([4, 2]))).toThrow(
      'whole: expected a number for each example, [4], got [].',
    );
  });
});
