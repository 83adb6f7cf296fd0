import {
  Adam,
  Conv2D,
  Dense,
  Embedding,
  Flatten,
  Normalization,
  RandomContrast,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  Rescaling,
  Resizing,
  Sequential,
  sparseCategoricalCrossentropy,
  UpSampling2D,
} from '@weft/nn';
import { fitInMicroBatches } from '@weft/train/runtime';
import { expect, it } from 'vitest';
import { type Examples, predict } from '../src/index.js';
import { uniform, weightsOf } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';

const pools = poolsOfSeveralSizes();

const COUNT = 23;
const labels = Int32Array.from({ length: COUNT }, (_, i) => (i * i) % 3);

/** Layers that change images at random, and others that read them elsewhere. */
const pictures = () =>
  new Sequential(
    [
      new Rescaling({ scale: 2, offset: -1 }),
      new RandomFlip(),
      new RandomTranslation({ heightFactor: 0.2, widthFactor: 0.2 }),
      new RandomRotation({ factor: 0.1 }),
      new RandomZoom({ heightFactor: 0.3, fillMode: 'wrap' }),
      new RandomContrast({ factor: 0.5, valueRange: [-1, 1] }),
      new Resizing({ height: 4, width: 5 }),
      new Conv2D({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new UpSampling2D({ interpolation: 'bilinear' }),
      new Normalization(),
      new Flatten(),
      new Dense({ units: 3, activation: 'softmax' }),
    ],
    { inputShape: [6, 6, 2] },
  );

const words = () =>
  new Sequential(
    [new Embedding({ inputDim: 11, outputDim: 6 }), new Flatten(), new Dense({ units: 3, activation: 'softmax' })],
    { inputShape: [5], inputDtype: 'int32' },
  );

const tokens = Int32Array.from({ length: COUNT * 5 }, (_, i) => (i * 7 + i * i) % 11);

const models: Readonly<Record<string, { readonly make: () => Sequential; readonly data: Examples }>> = {
  'layers that change images at random': { make: pictures, data: { x: uniform(COUNT * 72), y: labels } },
  'an embedding': { make: words, data: { x: tokens, y: labels } },
};

it.each(Object.entries(models))(
  '%s: training gives the same bits with 1, 2, 3 and 5 threads',
  async (_name, { make, data }) => {
    for (const microBatch of [1, 4, undefined]) {
      const results = [];
      for (const runtime of pools) {
        const model = make();
        const optimizer = new Adam({ learningRate: 0.02 });
        const options = { epochs: 2, batchSize: 10, loss: sparseCategoricalCrossentropy, optimizer, runtime };
        const { history } = await fitInMicroBatches(model, data, options, microBatch);
        results.push({ history, weights: weightsOf(model) });
      }
      expect(results[0].weights).not.toEqual(weightsOf(make()));
      for (const result of results) expect(result).toEqual(results[0]);
    }
  },
);

it('nothing is random in prediction, and tokens are looked up', async () => {
  const x = uniform(COUNT * 72);
  const [pool] = pools;
  const [first, again] = [await predict(pictures(), x, { pool }), await predict(pictures(), x, { pool })];
  expect(first).toEqual(again);
  const table = new Sequential([new Embedding({ inputDim: 11, outputDim: 2 })], {
    inputShape: [],
    inputDtype: 'int32',
  });
  const values = table.weights[0].data;
  const looked = await predict(table, Int32Array.of(3, 0, 10), { pool });
  expect(looked).toEqual(Float32Array.from([3, 0, 10].flatMap((token) => [...values.slice(2 * token, 2 * token + 2)])));
});
