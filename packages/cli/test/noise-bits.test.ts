import { asExamples, corruption, parseNoise, syntheticGarments } from '@weft/data';
import { imageLoss } from '@weft/models';
import { Conv2D, Sequential } from '@weft/nn';
import { evaluate, fit, WorkerPool } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { augmentation } from '../src/arguments/augment.js';

const pools: WorkerPool[] = [];
beforeAll(async () => {
  for (const threads of [1, 3]) pools.push(await WorkerPool.create({ threads }));
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
});

const { train, test: testImages } = syntheticGarments({ trainCount: 20, testCount: 12, seed: 3 });

const build = () =>
  new Sequential(
    [
      new Conv2D({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new Conv2D({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
    ],
    { inputShape: [28, 28, 1], seed: 1 },
  );

/** Weights and losses of a short training, and the loss of test images with noise of their own. */
async function trained(noise: string, loss: string, pool: WorkerPool) {
  const model = build();
  const spec = parseNoise(noise);
  const { history } = await fit(
    model,
    { x: asExamples(train) },
    {
      epochs: 2,
      batchSize: 9,
      validationSplit: 0.2,
      augment: augmentation('flip,rotate:0.05,shift:0.1,zoom:0.1,contrast:0.2'),
      corrupt: corruption(spec, { perEpoch: true }),
      loss: imageLoss(loss),
      pool,
    },
  );
  const noisy = { corrupt: corruption(spec, { images: 'test' }), loss: imageLoss(loss), pool };
  const losses = [];
  for (const batchSize of [12, 5]) {
    losses.push((await evaluate(model, { x: asExamples(testImages) }, { ...noisy, batchSize })).loss);
  }
  return { weights: model.weights.map(({ data }) => data), history, losses };
}

describe.each([
  ['gaussian:0.1..0.5+salt-pepper:0.05', 'ms-ssim + 0.2*mae'],
  ['poisson:0.01..0.3', '0.8*ssim + 0.2*bce'],
  ['blur:0..1.5+occlusion:0..0.3', 'mse'],
])('%s and %s', (noise, loss) => {
  test('give the same bits with 1 and 3 threads, and the same noise in batches of any size', async () => {
    const results = [];
    for (const pool of pools) results.push(await trained(noise, loss, pool));
    for (const result of results) expect(result).toEqual(results[0]);
    const [{ weights, losses, history }] = results;
    expect(weights).not.toEqual(build().weights.map(({ data }) => data));
    expect(Math.abs(losses[1] / losses[0] - 1)).toBeLessThan(1e-6);
    expect(Object.values(history).flat().every(Number.isFinite)).toBe(true);
  });
});
