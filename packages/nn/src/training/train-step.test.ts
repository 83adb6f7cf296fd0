import { div, mean, mul, randomNormal, sqrt, square, sub, sum, tensor } from '@weft/core';
import { statistics } from '@weft/core/program';
import { describe, expect, test } from 'vitest';
import {
  Adam,
  BatchNormalization,
  Dense,
  Dropout,
  meanSquaredError,
  nonNeg,
  type Optimizer,
  Sequential,
  SGD,
  trainStep,
} from '../index.js';

const x = randomNormal([16, 3], { seed: 1 });
const y = tensor(
  [...x.toArray()].flatMap((_, i, all) => (i % 3 === 0 ? [2 * all[i] - all[i + 1] + 0.5] : [])),
  [16, 1],
);
const dense = () => new Dense({ units: 1 });

test('a loop comes to the minimum, and each step gives the loss before it', () => {
  const model = new Sequential([dense()], { inputShape: [3] });
  const step = trainStep(model, new Adam({ learningRate: 0.1 }));
  const losses = Array.from({ length: 150 }, () => {
    const expected = mean(meanSquaredError(model.call(x), y)).item();
    const { loss } = step((context) => meanSquaredError(model.call(x, context), y));
    expect(Math.abs(loss - expected)).toBeLessThan(1e-5 * (1 + expected));
    return loss;
  });
  expect(losses[149]).toBeLessThan(1e-3 * losses[0]);
  const [kernel, bias] = model.weights.map(({ data }) => data);
  [2, -1, 0].forEach((value, i) => {
    expect(kernel[i]).toBeCloseTo(value, 1);
  });
  expect(bias[0]).toBeCloseTo(0.5, 1);
});

test('a step is the update of the optimiser, with its state, and renews state of layers', () => {
  const norm = new BatchNormalization({ momentum: 0.5 });
  const model = new Sequential([norm, dense()], { inputShape: [3] });
  const step = trainStep(model, new SGD({ learningRate: 0.1, momentum: 0.5 }));
  const before = norm.weights[2].data;
  step((context) => meanSquaredError(model.call(x, context), y));
  const average = mean(x, 0).toArray();
  norm.weights[2].data.forEach((value, i) => {
    expect(value).toBeCloseTo(0.5 * before[i] + 0.5 * average[i], 6);
  });
});

test('the program is compiled once for all steps, and dropout draws anew in each', () => {
  const model = new Sequential([new Dropout({ rate: 0.5 }), dense()], { inputShape: [3] });
  const step = trainStep(model, new Adam({ learningRate: 0 }));
  const before = statistics.compilations;
  const losses = Array.from({ length: 8 }, () => step((context) => meanSquaredError(model.call(x, context), y)).loss);
  expect(statistics.compilations - before).toBe(1);
  expect(new Set(losses).size).toBe(8);
});

test('the same seed gives the same steps, another others', () => {
  const train = (seed: number) => {
    const model = new Sequential([new Dropout({ rate: 0.5 }), dense()], { inputShape: [3] });
    const step = trainStep(model, new SGD(), { seed });
    for (let i = 0; i < 3; i++) step((context) => meanSquaredError(model.call(x, context), y));
    return model.weights.map(({ data }) => data);
  };
  expect(train(3)).toEqual(train(3));
  expect(train(3)).not.toEqual(train(4));
});

test('what is not trainable stays, and several models may be trained together', () => {
  const frozen = new Dense({ units: 3, trainable: false });
  const [first, second] = [frozen, dense()].map((layer) => new Sequential([layer], { inputShape: [3] }));
  const [kept, changed] = [first.weights[0].data, second.weights[0].data];
  const step = trainStep([...first.weights, ...second.weights], new SGD({ learningRate: 0.1 }));
  step((context) => meanSquaredError(second.call(first.call(x, context), context), y));
  expect(first.weights[0].data).toBe(kept);
  expect(second.weights[0].data).not.toEqual(changed);
});

test('an optimiser may look at all gradients before any update', () => {
  const model = new Sequential([dense()], { inputShape: [3] });
  const before = model.weights.map(({ data }) => data);
  const step = trainStep(model, new SGD({ learningRate: 1, globalClipNorm: 0.01 }));
  step((context) => mul(meanSquaredError(model.call(x, context), y), 1000));
  const moved = model.weights.flatMap(({ data }, i) => [...data].map((value, j) => (value - before[i][j]) ** 2));
  expect(Math.sqrt(moved.reduce((total, each) => total + each, 0))).toBeCloseTo(0.01, 6);
});

test('the end gives weights their moving averages, which fulfil constraints as weights do', () => {
  const layer = new Dense({ units: 1, kernelConstraint: nonNeg() });
  const model = new Sequential([layer], { inputShape: [3] });
  const step = trainStep(model, new SGD({ learningRate: 0.2, useEma: true, emaMomentum: 0.9 }));
  step.finish();
  for (let i = 0; i < 20; i++) step((context) => meanSquaredError(model.call(x, context), y));
  const last = model.weights.map(({ data }) => data);
  step.finish();
  const [kernel, bias] = model.weights.map(({ data }) => data);
  expect(kernel[0]).toBeGreaterThan(0);
  expect(Math.min(...kernel)).toBe(0);
  expect([kernel, bias]).not.toEqual(last);
  const plain = trainStep(model, new SGD());
  plain((context) => meanSquaredError(model.call(x, context), y));
  const after = layer.weights[0].data;
  plain.finish();
  expect(layer.weights[0].data).toBe(after);
});

test('an update may use any operation on the whole weight', () => {
  const model = new Sequential([dense()], { inputShape: [3] });
  const unit: Optimizer = {
    name: 'UnitNorm',
    learningRate: 0.1,
    slots: [],
    scalars: () => [],
    update({ parameter, gradient }) {
      const moved = sub(parameter, mul(gradient, 0.1));
      return { parameter: div(moved, sqrt(sum(square(moved)))), state: [] };
    },
    config: () => ({}),
  };
  const step = trainStep(model, unit);
  step((context) => sum(square(sub(model.call(x, context), y))));
  const norms = model.weights.map(({ data }) => data.reduce((total, value) => total + value ** 2, 0));
  for (const norm of norms) expect(norm).toBeCloseTo(1, 5);
});

describe('refuses', () => {
  test('what is no model, what has nothing to train, and what is no loss', () => {
    expect(() => trainStep({} as never, new SGD())).toThrow('trainStep: expected a model');
    for (const [none, got] of [
      [undefined, 'undefined'],
      [Adam, 'the function Adam'],
    ] as const) {
      expect(() => trainStep(new Sequential([dense()], { inputShape: [3] }), none as never)).toThrow(
        `trainStep: got ${got} as the optimiser; expected one, such as new Adam().`,
      );
    }
    const frozen = new Sequential([dense()], { inputShape: [3], trainable: false });
    expect(() => trainStep(frozen, new SGD())).toThrow('trainStep: there is no weight to train');
    const model = new Sequential([dense()], { inputShape: [3] });
    expect(() => trainStep(model, new SGD())((context) => model.call(x, context))).toThrow(
      'trainStep: the loss is [16,1]; expected a number for each example',
    );
    expect(() => trainStep(model, new SGD(), { seed: -1 })).toThrow('trainStep: seed is -1');
  });
});
