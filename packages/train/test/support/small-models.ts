import { BatchNormalization, Conv2D, Dense, Flatten, Sequential } from '@weft/nn';
import { numbers } from './close.js';
import type { Batch } from './whole-batch.js';

/** Models of three outputs, in which examples meet or do not. */
export const MODELS = {
  dense: () =>
    new Sequential([new Dense({ units: 6, activation: 'tanh' }), new Dense({ units: 3 })], { inputShape: [4] }),
  'batch normalisation': () =>
    new Sequential([new Dense({ units: 6 }), new BatchNormalization(), new Dense({ units: 3, activation: 'tanh' })], {
      inputShape: [4],
    }),
  convolution: () =>
    new Sequential(
      [
        new Conv2D({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
        new BatchNormalization(),
        new Flatten(),
        new Dense({ units: 3 }),
      ],
      { inputShape: [4, 4, 1] },
    ),
};

export type ModelName = keyof typeof MODELS;

export interface Data {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly sampleWeight?: Float32Array;
}

/** Inputs and targets for one of these models. */
export function examplesFor(model: Sequential, count: number, seed = 1): Data {
  const size = model.inputShape.reduce((a, b) => a * b, 1);
  return { x: numbers(count * size, seed), y: numbers(count * 3, seed + 1) };
}

/** Weights that are all far from zero, and moving averages that are not what they begin as. */
export function setWeights(model: Sequential): void {
  model.weights.forEach(({ weight }, which) => {
    weight.assign(numbers(weight.data.length, 9 + which).map((value) => 0.6 + 0.4 * value));
  });
}

/** Some examples as a batch. */
export function batchOf(
  model: Sequential,
  { x, y, sampleWeight }: Data,
  numbersOf: readonly number[],
  epoch = 0,
): Batch {
  return {
    inputs: { input: { data: x, shape: model.inputShape } },
    targets: { [model.outputs[0].name]: { data: y, shape: model.outputShape } },
    sampleWeight,
    numbers: numbersOf,
    epoch,
  };
}

/** Whole numbers from one to before another. */
export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
