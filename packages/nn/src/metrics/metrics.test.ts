import { mean, ones, randomUniform, square, sub, type Tensor, tensor, zeros } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  auc,
  averagePrecision,
  binaryAccuracy,
  binaryIoU,
  binaryIoUWith,
  categoricalAccuracy,
  confusionMatrix,
  f1Score,
  f1ScoreWith,
  type MeanMetric,
  meanCosineSimilarity,
  meanIoU,
  meanIoUWith,
  meanSquaredError,
  measure,
  metricOf,
  precision,
  precisionWith,
  psnr,
  psnrWith,
  r2Score,
  recall,
  recallWith,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracyWith,
  ssim,
  ssimWith,
  topKCategoricalAccuracy,
} from '../index.js';

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

describe('of nothing', () => {
  test('precision, recall, F1 and IoU are 0, curves have no area', () => {
    for (const metric of [precision, recall, f1Score]) expect(measure(metric, zeros([2]), zeros([2]))).toBe(0);
    expect(measure(precision, zeros([2]), ones([2]))).toBe(0);
    expect(measure(recall, ones([2]), zeros([2]))).toBe(0);
    expect(measure(meanIoUWith({ ignoreClass: 0 }), zeros([2, 3]), zeros([2]))).toBe(0);
    for (const metric of [auc, averagePrecision]) expect(measure(metric, tensor([0.1, 0.2]), zeros([2]))).toBeNaN();
  });

  test('classes that occur nowhere are left out of IoU, and count as 0 in F1', () => {
    const [p, t] = [tensor([[3, 1, 1, 0]]), tensor([0])];
    expect(measure(meanIoU, p, t)).toBe(1);
    expect(measure(f1Score, p, t)).toBe(1 / 4);
    expect(measure(f1ScoreWith({ average: 'weighted' }), p, t)).toBe(1);
    expect(measure(binaryIoU, tensor([0.9]), tensor([1]))).toBe(1);
  });
});

test('equal scores may all be among the largest, but neither NaN nor a label that is no class', () => {
  const top2 = sparseTopKCategoricalAccuracyWith({ k: 2 });
  const row = (scores: number[], label: number) => measure(top2, tensor([scores]), tensor([label]));
  expect([0, 1, 2, 3].map((label) => row([3, 2, 2, 1], label))).toEqual([1, 1, 1, 0]);
  expect([row([3, Number.NaN, 2], 1), row([3, 2, 1], 7), row([3, 2, 1], -1)]).toEqual([0, 0, 0]);
  expect(measure(topKCategoricalAccuracy, tensor([[1, 2]]), tensor([[1, 0]]))).toBe(1);
});

test('r2Score is 1 of constant targets that are met, else 0', () => {
  expect(measure(r2Score, tensor([2, 2]), tensor([2, 2]))).toBe(1);
  expect(measure(r2Score, tensor([2, 3]), tensor([2, 2]))).toBe(0);
  expect(measure(r2Score, tensor([1.5, 1.5]), tensor([1, 2]))).toBe(0);
});

test('the same image has an infinite PSNR and an SSIM of exactly 1', () => {
  const x = randomUniform([2, 11, 12, 3], { seed: 1 });
  expect(measure(psnr, x, x)).toBe(Number.POSITIVE_INFINITY);
  expect(measure(ssim, x, x)).toBe(1);
  const small = zeros([1, 5, 5, 1]);
  expect(() => measure(ssim, small, small)).toThrow('ssim: the window is 11x11 but the images are 5x5.');
  expect(measure(ssimWith({ windowSize: 5 }), small, small)).toBe(1);
});

test('a cosine has the sign that the loss has not', () => {
  const x = tensor([[1, 2]]);
  expect(measure(meanCosineSimilarity, x, x.mul(3))).toBeCloseTo(1, 6);
});

test('auc is the part of pairs in which the example of 1 has the higher score, ties counting half', () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(0, 1));
  fc.assert(
    fc.property(fc.array(pair, { minLength: 2, maxLength: 30 }), (pairs) => {
      const scores = pairs.map(([score]) => score / 8);
      const ones = pairs.filter(([, target]) => target === 1);
      const others = pairs.filter(([, target]) => target === 0);
      const won = ones.flatMap(([a]) => others.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0)));
      const got = measure(auc, tensor(scores), tensor(pairs.map(([, target]) => target)));
      if (won.length === 0) expect(got).toBeNaN();
      else expect(got).toBeCloseTo(won.reduce((total: number, each) => total + each, 0) / won.length, 12);
    }),
    { numRuns: 40 },
  );
  expect(measure(auc, tensor([Number.NaN, 1]), tensor([0, 1]))).toBeNaN();
});

describe('metricOf', () => {
  test('makes a metric of a loss, under its name or another', () => {
    const metric = metricOf(meanSquaredError, 'mse') as MeanMetric;
    expect(metric.name).toBe('mse');
    expect([...metric.values(tensor([[1, 3]]), tensor([[0, 0]])).toArray()]).toEqual([5]);
    const squared = (prediction: Tensor, target: Tensor) => mean(square(sub(prediction, target)), 1);
    expect(metricOf(squared).name).toBe('squared');
    expect(metricOf(accuracy, 'top').name).toBe('top');
    expect(measure(metricOf(precision, 'share'), ones([1]), ones([1]))).toBe(1);
  });

  test('refuses what is none, has no name, or does not give a number for each example', () => {
    expect(() => metricOf({} as never, 'x')).toThrow('metricOf: expected a loss or a metric');
    expect(() => metricOf({ name: 'x', sums: () => ({}) } as never)).toThrow('{ name, sums, result }');
    expect(() => metricOf((prediction) => prediction, '')).toThrow('the metric has no name');
    const whole = metricOf((prediction) => mean(prediction), 'whole');
    expect(() => measure(whole, zeros([4, 2]), zeros([4, 2]))).toThrow(
      'metrics: whole gives [] for a batch of 4; expected [4], one for each example.',
    );
    const each = metricOf((prediction) => prediction, 'each');
    expect(() => measure(each, zeros([4, 2]), zeros([4, 2]))).toThrow(
      'expected [4], one for each example. Take the mean',
    );
  });
});

describe('options and shapes are checked', () => {
  test.each<[string, () => unknown]>([
    ['precisionWith: average is null; expected', () => precisionWith({ average: null as never })],
    ["precisionWith: threshold is 'x'; expected a number, or null", () => precisionWith({ threshold: 'x' as never })],
    ["recallWith: there is no option 'thresholds'.", () => recallWith({ thresholds: 0.5 } as never)],
    ['binaryIoUWith: threshold is null', () => binaryIoUWith({ threshold: null as never })],
    ['binaryIoUWith: targetClassIds is [2]', () => binaryIoUWith({ targetClassIds: [2] as never })],
    ['psnrWith: dataRange is 0; expected a number above 0', () => psnrWith({ dataRange: 0 })],
    ['sparseTopKCategoricalAccuracyWith: k is 0', () => sparseTopKCategoricalAccuracyWith({ k: 0 })],
    ['f1Score: the prediction is [4,3] but the target [3]', () => measure(f1Score, zeros([4, 3]), zeros([3]))],
    ['auc: got ', () => measure(auc, zeros([4, 3, 2]), zeros([4, 3, 2]))],
    ['expected [2], one for each example', () => measure(accuracy, zeros([2]), zeros([2]), zeros([3]))],
    ['confusionMatrix: 3 predictions do not fit 2 targets.', () => confusionMatrix([1, 2, 3], [0, 1], { classes: 2 })],
    ['confusionMatrix: target[1] is 2; expected a whole', () => confusionMatrix([0, 1], [0, 2], { classes: 2 })],
    ['confusionMatrix: prediction[0] is NaN', () => confusionMatrix([Number.NaN, 1], [0])],
  ])('%s', (message, f) => {
    expect(f).toThrow(message);
  });
});
