import { argMax, cast, mean, mul, square, sub, sum, tensor } from '@weft/core';
import {
  Activation,
  accuracy,
  auc,
  averagePrecision,
  BatchNormalization,
  binaryIoU,
  Dense,
  f1Score,
  input,
  type Loss,
  logCosh,
  type Metric,
  Model,
  type ModelLoss,
  meanAbsoluteError,
  meanCosineSimilarity,
  meanIoU,
  meanSquaredError,
  measure,
  metricOf,
  precision,
  psnr,
  r2Score,
  recall,
  rootMeanSquaredError,
  type ScoresMetric,
  Sequential,
  topKCategoricalAccuracyWith,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { CSVLogger, evaluate, fit, type MetricsOption } from '../src/index.js';
import { evaluateInMicroBatches, fitInMicroBatches } from '../src/runtime.js';
import { expectNear, numbers } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { lossInput } from './support/whole-batch.js';

const runtime = new OneThread();
const COUNT = 50;

/** Two inputs, two outputs. */
function twoOutputs() {
  const [left, right] = [input({ shape: [3], name: 'left' }), input({ shape: [2], name: 'right' })];
  const hidden = new BatchNormalization({ name: 'normal' }).apply(new Dense({ units: 4, name: 'in' }).apply(left));
  return new Model({
    inputs: { left, right },
    outputs: {
      value: new Dense({ units: 2, name: 'value' }).apply(hidden),
      chance: new Dense({ units: 1, activation: 'sigmoid', name: 'chance' }).apply(right),
    },
  });
}

const x = { left: numbers(COUNT * 3, 1), right: numbers(COUNT * 2, 2) };
const chance = numbers(COUNT, 4).map((value) => Number(value > 0.2));
const y = { value: numbers(COUNT * 2, 3), chance };
const scalar: Loss = (p, t) => mean(square(sub(p, t)));
const losses = { value: meanAbsoluteError, chance: scalar };

/** Predictions and targets of all examples at once. */
function everything() {
  return lossInput(
    twoOutputs(),
    {
      inputs: { left: { data: x.left, shape: [3] }, right: { data: x.right, shape: [2] } },
      targets: { value: { data: y.value, shape: [2] }, chance: { data: y.chance, shape: [1] } },
      numbers: Array.from({ length: COUNT }, (_, index) => index),
      epoch: 0,
    },
    { training: false },
  );
}

describe('losses and metrics of several outputs', () => {
  const metrics = { value: [metricOf(meanSquaredError, 'mse')], chance: [accuracy, precision, auc] };
  const options = { loss: losses, lossWeights: { chance: 0.5 }, metrics, runtime };

  it('are those of the whole set, by names, for every size of batches and micro-batches', async () => {
    const { outputs, targets } = everything();
    const wanted = {
      value_loss: mean(meanAbsoluteError(outputs.value, targets.value)).item(),
      chance_loss: scalar(outputs.chance, targets.chance).item(),
      value_mse: mean(meanSquaredError(outputs.value, targets.value)).item(),
      chance_accuracy: mean(accuracy.values(outputs.chance, targets.chance)).item(),
    };
    const area = measure(auc, outputs.chance, targets.chance);
    const right = outputs.chance.toArray().filter((p, index) => p > 0.5 && chance[index] === 1).length;
    const share = right / outputs.chance.toArray().filter((p) => p > 0.5).length;
    for (const batchSize of [7, 16, 50]) {
      for (const microBatch of [1, 3, undefined]) {
        const got = await evaluateInMicroBatches(twoOutputs(), { x, y }, { ...options, batchSize }, microBatch);
        const names = ['loss', 'value_loss', 'chance_loss', 'value_mse', 'chance_accuracy', 'chance_precision'];
        expect(Object.keys(got)).toEqual([...names, 'chance_auc']);
        for (const [name, value] of Object.entries(wanted)) expectNear([got[name]], [value], 1e-5, name);
        expectNear([got.loss], [wanted.value_loss + 0.5 * wanted.chance_loss], 1e-5);
        expectNear([got.chance_auc, got.chance_precision], [area, share], 1e-6);
      }
    }
  });

  it('are named in logs, histories and files, those of the validation behind val_', async () => {
    const own = {
      x: { left: x.left.subarray(60), right: x.right.subarray(40) },
      y: { value: y.value.subarray(40), chance: chance.subarray(20) },
    };
    const parts = { left: x.left.subarray(0, 60), right: x.right.subarray(0, 40) };
    const data = { x: parts, y: { value: y.value.subarray(0, 40), chance: chance.subarray(0, 20) } };
    const fitting = { ...options, epochs: 2, batchSize: 8, callbacks: [new CSVLogger({ path: 'log.csv' })] };
    const [model, twin] = [twoOutputs(), twoOutputs()];
    const given = await fit(model, data, { ...fitting, validationData: own });
    const ofLogs = ['value_loss', 'chance_loss', 'value_mse', 'chance_accuracy', 'chance_precision', 'chance_auc'];
    const names = ['loss', ...ofLogs, 'val_loss', ...ofLogs.map((name) => `val_${name}`)];
    expect(Object.keys(given.history)).toEqual(names);
    const [header, ...rows] = runtime.store.text('log.csv').trimEnd().split('\n');
    expect(header).toBe(['epoch', ...names, 'seconds', 'examples_per_second'].join());
    expect(rows[1].split(',').slice(1, -2).map(Number)).toEqual(names.map((name) => given.history[name]?.[1]));
    // The last part of the examples is the same set.
    const split = await fit(twin, { x, y }, { ...fitting, validationSplit: 0.6 });
    expect(split.history).toEqual(given.history);
    const evaluated = await evaluate(model, own, { ...options, batchSize: 8 });
    for (const name of ['loss', ...ofLogs])
      expectNear([given.history[`val_${name}`]?.[1] ?? 0], [evaluated[name]], 1e-6);
  });

  it('may be of some outputs alone', async () => {
    const { history } = await fit(
      twoOutputs(),
      { x, y: { chance } },
      { epochs: 1, loss: { chance: scalar }, metrics: { chance: [accuracy] }, runtime },
    );
    expect(Object.keys(history)).toEqual(['loss', 'chance_loss', 'chance_accuracy']);
    expect(history.loss).toEqual(history.chance_loss);
  });

  it.each<[string, Parameters<typeof evaluate>[2]]>([
    ["loss: the model has no output 'other'. Its outputs are value, chance.", { ...options, loss: { other: scalar } }],
    ["lossWeights: the model has no output 'other'.", { ...options, lossWeights: { other: 2 } }],
    ["metrics: the model has no output 'other'.", { ...options, metrics: { other: [accuracy] } as MetricsOption }],
    ['loss: the model has the outputs value, chance. Give { value: ... } by name.', { runtime, loss: scalar }],
    ['metrics: the model has the outputs value, chance.', { ...options, metrics: [accuracy] }],
    ['loss: the record is empty.', { ...options, loss: {} }],
    [
      "metrics: 'chance_loss' is the name of two of them",
      { ...options, metrics: { chance: [metricOf(scalar, 'loss')] } },
    ],
  ])('are refused if nothing could be done with them: %s', async (message, wrong) => {
    await expect(evaluate(twoOutputs(), { x, y }, wrong)).rejects.toThrow(message);
  });

  it('need targets for the outputs that they are of, and no others', async () => {
    await expect(evaluate(twoOutputs(), { x, y: { value: y.value } }, options)).rejects.toThrow(
      "y: there is no target for the output 'chance' of model",
    );
    await expect(evaluate(twoOutputs(), { x: { left: x.left }, y } as never, options)).rejects.toThrow(
      "x.right: there is no array for the input 'right' of model.",
    );
    await expect(evaluate(twoOutputs(), { x, y: { ...y, chance: chance.subarray(1) } }, options)).rejects.toThrow(
      'y.chance: it holds 49 examples, but x.left holds 50.',
    );
  });
});

describe('metrics', () => {
  const labels = Int32Array.from({ length: COUNT }, (_, index) => index % 4);
  const model = () => new Sequential([new Dense({ units: 4 })], { inputShape: [3] });
  const loss: Loss = (p, t) => mul(sum(p, 1), cast(t, 'float32'));

  it('may be computed of whole numbers, as labels are', async () => {
    const classes: Metric = { name: 'class', values: (p) => argMax(p) };
    const kept: number[][] = [];
    const order: ScoresMetric = {
      name: 'order',
      scores: (_, target) => ({ target }),
      result: (arrays) => kept.push([...arrays.target]),
    };
    const options = { loss, metrics: [classes, order], batchSize: 16, runtime };
    const got = await evaluateInMicroBatches(model(), { x: x.left, y: labels }, options, 3);
    const outputs = model().call(tensor(x.left, [COUNT, 3]));
    expectNear([got.class], [mean(cast(argMax(outputs), 'float32')).item()], 1e-6);
    expect(kept).toEqual([[...labels]]);
  });

  it('are divided by the sum of the weights of examples', async () => {
    const sampleWeight = numbers(COUNT, 8).map((value) => 1 + value);
    const first: Metric = { name: 'first', values: (p) => mean(p, 1) };
    const data = { x: x.left, y: labels, sampleWeight };
    const got = await evaluateInMicroBatches(model(), data, { loss, metrics: [first], batchSize: 8, runtime }, 3);
    const means = mean(model().call(tensor(x.left, [COUNT, 3])), 1).toArray();
    const total = sampleWeight.reduce((a, b) => a + b);
    const weighted = means.reduce((so, value, index) => so + value * sampleWeight[index], 0);
    expectNear([got.first], [weighted / total], 1e-5);
  });

  it('have the same bits for any batches, and weights of examples, as those of predictions that one has', async () => {
    const chances = numbers(COUNT * 3, 5).map((value) => Math.abs(value));
    const marks = numbers(COUNT * 3, 6).map((value) => Number(value > 0));
    const sampleWeight = numbers(COUNT, 8).map((value) => 1 + value);
    const metrics = [
      ...[accuracy, auc, averagePrecision, precision, recall, f1Score, binaryIoU, meanIoU, rootMeanSquaredError],
      ...[r2Score, psnr, meanCosineSimilarity, topKCategoricalAccuracyWith({ k: 2 }), metricOf(logCosh)],
    ];
    const [prediction, target] = [chances, marks].map((values) => tensor(values, [COUNT, 3]));
    const same = () => new Sequential([new Activation({ activation: 'linear' })], { inputShape: [3] });
    for (const weights of [undefined, sampleWeight]) {
      const data = { x: chances, y: marks, ...(weights && { sampleWeight: weights }) };
      const wanted = metrics.map((metric) => measure(metric, prediction, target, weights && tensor(weights)));
      for (const [batchSize, microBatch] of [
        [50, undefined],
        [16, 3],
        [7, 1],
      ] as const) {
        const { loss: _, ...got } = await evaluateInMicroBatches(
          same(),
          data,
          { metrics, batchSize, runtime },
          microBatch,
        );
        expect(Object.values(got)).toEqual(wanted);
      }
    }
  });

  it('of the training are those of the examples as they were met', async () => {
    const scores: ScoresMetric = {
      name: 'seen',
      scores: (_, target) => ({ target }),
      result: (arrays) => arrays.target.length,
    };
    const options = { loss, metrics: [scores, metricOf((_, t) => cast(t, 'float32'), 'label')], epochs: 2, runtime };
    const { history } = await fitInMicroBatches(model(), { x: x.left, y: labels }, { ...options, batchSize: 16 }, 3);
    expect(history.seen).toEqual([COUNT, COUNT]);
    const average = labels.reduce((a, b) => a + b) / COUNT;
    expectNear(history.label ?? [], [average, average], 1e-6);
  });
});

describe('a loss or metric of another shape is refused, and told what is wanted', () => {
  const model = () => new Sequential([new Dense({ units: 3 })], { inputShape: [3] });
  const data = { x: x.left };
  const wrongLosses: readonly [string, Loss | ModelLoss][] = [
    [
      'loss: the loss gives [1] for a batch of 32; expected [32], a number for each example, or []',
      (p, _t) => mean(p, [0, 1], { keepDims: true }).reshape([1]),
    ],
    ['loss: the loss gives [32,3] for a batch of 32; expected [32]', (p, t) => square(sub(p, t))],
    ['loss: the loss gives 3; expected a tensor of [32] or of one number, [].', ((_p: 1, _t: 2) => 3) as never],
    ['loss: the loss gives undefined; expected a tensor', ((_p: 1, _t: 2) => undefined) as never],
    [
      'loss: got a function of 3 parameters; expected a function (prediction, target) => ..., or',
      ((_a: 1, _b: 2, _c: 3) => 4) as never,
    ],
    [
      'loss: the loss does not depend on any of the weights that it is to train (dense/kernel, dense/bias).',
      (_p, t) => mean(t),
    ],
    ['loss: the loss does not depend on any of the weights', (_p, _t) => tensor(2)],
  ];

  it.each(wrongLosses)('%s', async (message, loss) => {
    await expect(fit(model(), data, { epochs: 1, loss, runtime })).rejects.toThrow(message);
  });

  it('but a constant may be evaluated', async () => {
    expect(await evaluate(model(), data, { loss: (_p, _t) => tensor(2), runtime })).toEqual({ loss: 2 });
  });

  it.each<[string, Metric]>([
    [
      'metrics: a gives [50,3] for a batch of 50; expected [50], one for each example.',
      { name: 'a', values: (p) => p },
    ],
    ['metrics: a gives [] for a batch of 50', { name: 'a', values: (p) => mean(p) }],
    ['metrics: a.b gives 1 for a batch of 50', { name: 'a', sums: () => ({ b: 1 as never }), result: () => 1 }],
  ])('%s', async (message, metric) => {
    await expect(evaluate(model(), data, { metrics: [metric], runtime })).rejects.toThrow(message);
  });
});
