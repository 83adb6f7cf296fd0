import { quantile } from '@weft/analysis';
import { syntheticGarments } from '@weft/data';
import { Rescaling, Sequential } from '@weft/nn';
import { WorkerPool } from '@weft/pool';
import { expect, test } from 'vitest';
import { validationScore } from './validation-score.js';

test('the threshold is the 0.99 quantile of the errors of the images that were held out', async () => {
  const { train: images } = syntheticGarments({ trainCount: 60, testCount: 2, seed: 2 });
  // Gives back half of each pixel: the error of an image is the mean of the squares of the other halves.
  const model = new Sequential([new Rescaling({ scale: 0.5 })], { inputShape: [28, 28, 1] });
  const pool = await WorkerPool.create({ threads: 1 });
  const call = { pool, signal: new AbortController().signal };
  try {
    const count = 40;
    const errors = Float64Array.from({ length: count }, (_, at) => {
      const pixels = images.images.subarray((20 + at) * 784, (21 + at) * 784);
      return pixels.reduce((sum, byte) => sum + (byte / 510) ** 2, 0) / 784;
    });
    const score = await validationScore(model, { images, count }, call);
    expect(score).toMatchObject({ name: 'mse', quantile: 0.99 });
    expect(score?.threshold).toBeCloseTo(quantile(errors, 0.99), 6);
    expect(await validationScore(model, { images, count: 0 }, call)).toBeUndefined();
  } finally {
    await pool.close();
  }
});
