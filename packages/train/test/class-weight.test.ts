import {
  binaryCrossentropy,
  categoricalCrossentropy,
  Dense,
  Sequential,
  sparseCategoricalCrossentropy,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type Examples, type FitOptions, fit } from '../src/index.js';
import { numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { batchesOf } from './support/streams.js';

const COUNT = 21;
const x = numbers(COUNT * 4);
const labels = Int32Array.from({ length: COUNT }, (_, example) => (5 * example) % 3);
const classWeight = { 0: 0.5, 2: 3 };
const weightOf = (label: number) => (label === 0 ? 0.5 : label === 2 ? 3 : 1);
const weights = Float32Array.from(labels, weightOf);

const softmax = () => new Sequential([new Dense({ units: 3, activation: 'sigmoid' })], { inputShape: [4] });
const binary = () => new Sequential([new Dense({ units: 1, activation: 'sigmoid' })], { inputShape: [4] });
const oneHot = Float32Array.from({ length: COUNT * 3 }, (_, at) => Number(at % 3 === labels[Math.floor(at / 3)]));
const zeroOrOne = labels.map((label) => Math.min(label, 1));

async function train(make: () => Sequential, data: Examples, options: Partial<FitOptions>) {
  const model = make();
  const runtime = new OneThread();
  const { history } = await fit(model, data, { epochs: 2, batchSize: 8, runtime, ...options });
  return { weights: weightsOf(model), history };
}

describe('classWeight multiplies the weights of examples', () => {
  it.each([
    ['whole labels', softmax, sparseCategoricalCrossentropy, labels, weights],
    ['one-hot vectors', softmax, categoricalCrossentropy, oneHot, weights],
    [
      '0 and 1',
      binary,
      binaryCrossentropy,
      Float32Array.from(zeroOrOne),
      weights.map((_, at) => weightOf(zeroOrOne[at])),
    ],
  ])('by %s', async (_, make, loss, y, sampleWeight) => {
    const wanted = await train(make, { x, y, sampleWeight }, { loss });
    expect(await train(make, { x, y }, { loss, classWeight })).toEqual(wanted);
    expect(await train(make, { x, y }, { loss })).not.toEqual(wanted);
  });

  it('that it is given besides', async () => {
    const own = numbers(COUNT, 3).map(Math.abs);
    const both = own.map((weight, at) => weight * weights[at]);
    const options = { loss: sparseCategoricalCrossentropy };
    const wanted = await train(softmax, { x, y: labels, sampleWeight: both }, options);
    const got = await train(softmax, { x, y: labels, sampleWeight: own }, { ...options, classWeight });
    expect(got).toEqual(wanted);
  });

  it('of training, and not of validation', async () => {
    const options = { loss: sparseCategoricalCrossentropy, validationSplit: 0.3, epochs: 1 };
    const held = Math.floor(COUNT * 0.7);
    const [first, last] = batchesOf({ x, y: labels }, COUNT, held);
    const wanted = await train(
      softmax,
      { ...first, sampleWeight: weights.slice(0, held) },
      {
        ...options,
        validationSplit: 0,
        validationData: last,
      },
    );
    expect(await train(softmax, { x, y: labels }, { ...options, classWeight })).toEqual(wanted);
  });

  it('of a stream', async () => {
    const options = { loss: sparseCategoricalCrossentropy };
    const wanted = await train(softmax, { x, y: labels }, { ...options, classWeight, shuffle: false });
    const model = softmax();
    const stream = batchesOf({ x, y: labels }, COUNT, 8);
    const { history } = await fit(model, stream, { epochs: 2, ...options, classWeight, runtime: new OneThread() });
    expect({ weights: weightsOf(model), history }).toEqual(wanted);
  });

  it.each<[unknown, Examples, string]>([
    [
      [1, 'a'],
      { x, y: labels },
      'fit: classWeight: got an array of 2; expected an object of numbers from 0 by whole labels',
    ],
    [{ cat: 2 }, { x, y: labels }, 'fit: classWeight: got an object of cat; expected an object of numbers from 0'],
    [{ 0: -1 }, { x, y: labels }, 'fit: classWeight: got an object of 0; expected'],
    [
      { 0: 2 },
      { x, y: { data: oneHot, shape: [3, 1] } },
      'fit: classWeight needs one target, with a label or a one-hot vector for each example; got y of shape [3,1]. Give sampleWeight instead.',
    ],
    [{ 0: 2 }, { x }, 'got none. Give sampleWeight instead.'],
    [new Map([[0, 2]]), { x, y: labels }, 'fit: classWeight: got a value of Map; expected an object of numbers from 0'],
    [
      { 1: 2, 3: 2 },
      { x, y: labels },
      'fit: classWeight has the label 3, but there are 3 classes, 0 to 2. Number labels from 0.',
    ],
    [{ 3: 2 }, { x, y: oneHot }, 'fit: classWeight has the label 3, but there are 3 classes'],
    [
      { 0: 2 },
      { x, y: Float32Array.from(labels, (label) => label + 0.5) },
      'fit: classWeight needs labels, but y holds 0.5 in example 0 (from 0). Give whole numbers, or sampleWeight instead.',
    ],
  ])('and refuses what it cannot be, %#', async (given, data, message) => {
    await expect(train(softmax, data, { classWeight: given as never })).rejects.toThrow(message);
  });

  it('and refuses inputs that stand for targets', async () => {
    const autoencoder = () => new Sequential([new Dense({ units: 4 })], { inputShape: [4] });
    await expect(train(autoencoder, { x }, { classWeight })).rejects.toThrow('got none. Give sampleWeight instead.');
  });
});
