import { asExamples, corruption, parseNoise, syntheticGarments } from '@weft/data';
import { convAutoencoder, convDenoisingAutoencoder } from '@weft/models';
import { type FitOptions, fit, WorkerPool } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testModel } from '../src/run/test-model.js';

const VALIDATION = 128;
const { train, test: unseen } = syntheticGarments({ trainCount: 640, testCount: 100 });
const TRAINING: FitOptions = { epochs: 3, batchSize: 16, validationSplit: VALIDATION / train.count, seed: 7 };
const SIZE = train.height * train.width;

let pool: WorkerPool;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
});
afterAll(() => pool.close());

/** The least mean squared error that one image for all can have: that of their mean, which is their variance. */
function errorOfMeanImage(images: Uint8Array): number {
  const count = images.length / SIZE;
  let error = 0;
  for (let pixel = 0; pixel < SIZE; pixel++) {
    const values = Array.from({ length: count }, (_, index) => images[index * SIZE + pixel] / 255);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    error += values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  }
  return error / SIZE;
}

const bound = errorOfMeanImage(train.images.subarray((train.count - VALIDATION) * SIZE));

describe('trained on a few garments', () => {
  test('the CAE comes nearer to images that it has not seen than any one image could', async () => {
    const { model } = convAutoencoder({ seed: 7 });
    const { history } = await fit(model, { x: asExamples(train) }, { ...TRAINING, pool });
    expect(history.val_loss?.at(-1)).toBeLessThan(bound);
  });

  test('so does the CDAE from noisy ones, and it takes more noise away than it adds error', async () => {
    const { model } = convDenoisingAutoencoder({ seed: 7 });
    const corrupt = corruption(parseNoise('gaussian:0.4'));
    const { history } = await fit(model, { x: asExamples(train) }, { ...TRAINING, corrupt, pool });
    expect(history.val_loss?.at(-1)).toBeLessThan(bound);
    const { signal } = new AbortController();
    const tested = await testModel(model, { images: unseen, noise: 'gaussian:0.4', seed: 7 }, { pool, signal });
    expect(tested.testError.mean).toBeLessThan(tested.noisy!.testError.mean);
  });
});
