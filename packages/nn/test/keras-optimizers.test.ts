import { readFileSync } from 'node:fs';
import { compute, type Tensor, tensor } from '@weft/core';
import { expect, test } from 'vitest';
import {
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  biasesAndScales,
  type Constraint,
  CosineDecay,
  Lion,
  maxNorm,
  minMaxNorm,
  nonNeg,
  type Optimizer,
  RMSprop,
  SGD,
  unitNorm,
  Weight,
} from '../src/index.js';

/** What Keras computed in float64: a kernel and a bias after the first and the tenth step, and slots after the tenth. */
interface Golden {
  readonly start: readonly number[][];
  readonly gradients: readonly number[][][];
  readonly cases: Readonly<
    Record<string, { readonly weights: readonly number[][][]; readonly slots: Readonly<Record<string, number[][]>> }>
  >;
}

const fixture = new URL('./fixtures/keras-optimizers.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(fixture, 'utf8'));
const PATHS = ['dense/kernel', 'dense/bias'];
const SHAPES = [[2, 2], [2]];

/** One step of both weights. */
function step(optimizer: Optimizer, number: number, weights: Tensor[], states: Tensor[][], gradients: Tensor[]) {
  const shared = optimizer.shared?.(gradients);
  const scalars = tensor([...optimizer.scalars(number)]);
  const results = PATHS.map((path, which) =>
    optimizer.update({
      parameter: weights[which],
      gradient: gradients[which],
      state: states[which],
      scalars,
      shared,
      path,
    }),
  );
  const all = results.flatMap(({ parameter, state }) => [parameter, ...state]);
  const values = compute(all).map((data, which) => tensor(data as Float32Array, all[which].shape));
  const count = 1 + optimizer.slots.length;
  return PATHS.map((_, which) => values.slice(which * count, (which + 1) * count));
}

/** As data, so that programs stay small. */
const computed = (x: Tensor) => tensor(x.toArray() as Float32Array, x.shape);

const ema = { useEma: true, emaMomentum: 0.8 };
const warm = { initialLearningRate: 0.01, decaySteps: 6, alpha: 0.1, warmupTarget: 0.1, warmupSteps: 3 };

test.each<[string, Optimizer, Constraint?]>([
  ['adam', new Adam()],
  ['adamOptions', new Adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-3 })],
  ['adamClipped', new Adam({ globalClipNorm: 0.3 })],
  ['adamAmsgrad', new Adam({ learningRate: 0.05, beta2: 0.5, amsgrad: true })],
  ['adamDecay', new Adam({ learningRate: 0.05, weightDecay: 0.1 })],
  ['adamW', new AdamW({ learningRate: 0.05 })],
  ['adamWSpared', new AdamW({ learningRate: 0.05, weightDecay: 0.2, excludeFromWeightDecay: biasesAndScales })],
  ['adamSchedule', new AdamW({ learningRate: new CosineDecay(warm), weightDecay: 0.1 })],
  ['sgd', new SGD()],
  ['sgdMomentum', new SGD({ learningRate: 0.1, momentum: 0.9 })],
  ['sgdNesterov', new SGD({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  ['sgdDecay', new SGD({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.2 })],
  ['sgdClipNorm', new SGD({ learningRate: 0.1, clipNorm: 0.4 })],
  ['sgdClipValue', new SGD({ learningRate: 0.1, clipValue: 0.3 })],
  ['sgdEma', new SGD({ learningRate: 0.1, ...ema })],
  ['sgdEmaOverwrite', new SGD({ learningRate: 0.1, weightDecay: 0.1, emaOverwriteFrequency: 3, ...ema })],
  ['rmsprop', new RMSprop()],
  ['rmspropMomentum', new RMSprop({ learningRate: 0.02, rho: 0.8, momentum: 0.7, epsilon: 1e-4 })],
  ['rmspropCentered', new RMSprop({ learningRate: 0.02, centered: true, epsilon: 1e-4 })],
  ['rmspropBoth', new RMSprop({ learningRate: 0.02, momentum: 0.5, centered: true, epsilon: 1e-4, ...ema })],
  ['lion', new Lion()],
  ['lionOptions', new Lion({ learningRate: 0.01, beta1: 0.7, beta2: 0.9, weightDecay: 0.1 })],
  ['adagrad', new Adagrad()],
  ['adagradOptions', new Adagrad({ learningRate: 0.1, initialAccumulatorValue: 0.5, epsilon: 1e-3 })],
  ['adamax', new Adamax()],
  ['adamaxOptions', new Adamax({ learningRate: 0.1, beta1: 0.7, beta2: 0.9, epsilon: 1e-3 })],
  ['maxNorm', new SGD({ learningRate: 0.1 }), maxNorm({ maxValue: 0.6, axis: 1 })],
  ['nonNeg', new SGD({ learningRate: 0.1 }), nonNeg()],
  ['unitNorm', new SGD({ learningRate: 0.1, ...ema }), unitNorm({ axis: [0, -1] })],
  ['minMaxNorm', new SGD({ learningRate: 0.1 }), minMaxNorm({ minValue: 0.4, maxValue: 0.7, rate: 0.5 })],
])('ten steps agree with Keras in float64: %s', (name, optimizer, constraint) => {
  const bound = [constraint, undefined].map((each, which) => {
    return new Weight({ name: 'weight', shape: SHAPES[which], initializer: 'zeros', constraint: each });
  });
  const { weights, slots } = golden.cases[name];
  let current = golden.start.map((values, which) => tensor(values, SHAPES[which]));
  let states = SHAPES.map((shape) =>
    optimizer.slots.map(() => tensor(new Array(shape[0] * (shape[1] ?? 1)).fill(0), shape)),
  );
  const near = (got: Tensor, expected: readonly number[], tolerance: number, label: string) => {
    expected.forEach((value, i) => {
      const error = Math.abs(got.toArray()[i] - value);
      expect(error, `${label}: ${got.toArray()[i]} for ${value}`).toBeLessThanOrEqual(
        1e-5 * Math.abs(value) + tolerance,
      );
    });
  };
  golden.gradients.forEach((gradients, index) => {
    const given = gradients.map((values, which) => tensor(values, SHAPES[which]));
    const results = step(optimizer, index + 1, current, states, given);
    current = results.map(([weight], which) => computed(bound[which].constrain(weight)));
    states = results.map(([, ...state]) => state);
    const expected = index === 0 ? weights[0] : index === 9 ? weights[1] : [];
    for (const [which, values] of expected.entries()) near(current[which], values, 2e-8, `step ${index + 1}`);
  });
  expect([...optimizer.slots].sort()).toEqual(Object.keys(slots).sort());
  for (const [slot, expected] of Object.entries(slots)) {
    const offset = optimizer instanceof Adagrad ? optimizer.options.initialAccumulatorValue : 0;
    expected.forEach((values, which) => {
      const kept = states[which][optimizer.slots.indexOf(slot)];
      near(
        kept,
        values.map((value) => value - offset),
        offset * 5e-8,
        slot,
      );
    });
  }
});
