import { readFileSync } from 'node:fs';
import { tensor } from '@weft/core';
import { decodeSafetensors } from '@weft/formats';
import {
  Activation,
  Adam,
  accuracy,
  BatchNormalization,
  Conv2D,
  Dense,
  Flatten,
  input,
  MaxPooling2D,
  Model,
  type ModelLoss,
  type ModelWeight,
  meanSquaredError,
  Sequential,
  sparseCategoricalCrossentropy,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type BatchLogs, type Callback, fit } from '../src/index.js';

/** What a script beside the fixtures of `@weft/train` has written with Keras. */
function fixture(name: string) {
  const path = new URL(`../../train/test/fixtures/${name}.safetensors`, import.meta.url);
  const { tensors } = decodeSafetensors(readFileSync(path));
  return (tensor: string) => {
    const data = tensors.get(tensor)?.data;
    if (!data) throw new Error(`${name} holds no ${tensor}.`);
    return data as Float32Array | Int32Array | Float64Array;
  };
}

/** The largest difference, where numbers of up to 1 count as they are and larger ones relatively. */
function difference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...Array.from(wanted, (value, at) => Math.abs(got[at] - value) / Math.max(1, Math.abs(value))));
}

const assignAll = (weights: readonly ModelWeight[], values: (path: string) => ArrayLike<number>) => {
  for (const { path, weight } of weights) weight.assign(values(path));
};

describe('two epochs with batch normalisation, weights of examples and an uneven last batch', () => {
  const keras = fixture('keras-batch-norm');
  const examplesIn = (prefix: string) => ({
    x: keras(`${prefix}x`) as Float32Array,
    y: keras(`${prefix}y`) as Int32Array,
    sampleWeight: keras(`${prefix}weights`) as Float32Array,
  });

  it('have the losses, metrics, weights and moving averages of Keras', async () => {
    const layers = [
      new Conv2D({ filters: 4, kernelSize: 3, padding: 'same', useBias: false, name: 'convolution' }),
      new BatchNormalization({ name: 'of_pixels' }),
      new Activation({ activation: 'relu' }),
      new MaxPooling2D(),
      new Flatten(),
      new Dense({ units: 8, useBias: false, name: 'hidden' }),
      new BatchNormalization({ name: 'of_features' }),
      new Activation({ activation: 'tanh' }),
      new Dense({ units: 3, activation: 'softmax', name: 'classes' }),
    ];
    const model = new Sequential(layers, { inputShape: [6, 6, 2] });
    assignAll(model.weights, (path) => keras(`before/${path}`));
    const differences: Record<string, number> = {};
    const comparing: Callback = {
      onEpochEnd(epoch) {
        for (const { path, data } of model.weights) {
          differences[`${path} after ${epoch + 1}`] = difference(data, keras(`after ${epoch + 1}/${path}`));
        }
      },
    };
    const { history } = await fit(model, examplesIn(''), {
      epochs: 2,
      batchSize: 16,
      shuffle: false,
      threads: 2,
      loss: sparseCategoricalCrossentropy,
      metrics: [accuracy],
      optimizer: new Adam({ learningRate: 0.01 }),
      validationData: examplesIn('validation/'),
      callbacks: [comparing],
    });
    const names = ['loss', 'accuracy', 'val_loss', 'val_accuracy'];
    expect(Object.keys(history)).toEqual(names);
    for (const name of names) differences[name] = difference(history[name] ?? [], keras(`history/${name}`));
    expect(Object.entries(differences).filter(([, value]) => !(value < 1e-5))).toEqual([]);
  });
});

describe('ten steps of the loss of statistics that an example shows', () => {
  const keras = fixture('keras-batch-statistics');

  it('have the losses and weights of Keras in float64', async () => {
    // No bias at the end: no loss depends on it, so that Adam would make steps of rounding errors alone.
    const layers = [new Dense({ units: 32, activation: 'tanh' }), new Dense({ units: 2, useBias: false })];
    const encoder = new Sequential(layers, { inputShape: [12] });
    const inputs = { one: input({ shape: [12] }), other: input({ shape: [12] }) };
    const outputs = { one: encoder.apply(inputs.one), other: encoder.apply(inputs.other) };
    const model = new Model({ inputs, outputs });
    assignAll(encoder.weights, (path) => keras(`before/${path}`));
    const loss: ModelLoss = ({ outputs: { one, other } }) => {
      const wanted = tensor([1, 0, 0, 1], [2, 2]);
      const [ofOne, ofOther] = [one, other].map((codes) => {
        const centred = codes.sub(codes.mean(0));
        return centred.matmul(centred, { transposeA: true }).div(codes.shape[0]).sub(wanted).square().sum();
      });
      return meanSquaredError(one, other).mul(10).add(ofOne).add(ofOther);
    };
    const losses: number[] = [];
    const onBatchEnd = (_batch: number, { batchLoss }: BatchLogs) => void losses.push(batchLoss);
    const x = { one: keras('one') as Float32Array, other: keras('other') as Float32Array };
    const callbacks = [{ onBatchEnd }];
    await fit(model, { x }, { epochs: 1, batchSize: 20, shuffle: false, threads: 2, loss, callbacks });
    const differences: Record<string, number> = { losses: difference(losses, keras('losses')) };
    for (const { path, data } of encoder.weights) differences[path] = difference(data, keras(`after/${path}`));
    expect(Object.entries(differences).filter(([, value]) => !(value < 1e-5))).toEqual([]);
  });
});
