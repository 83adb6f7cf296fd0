import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scenario, TestMachines } from '../../packages/cluster/test/support/machines.js';
import { RandomStream } from '../../packages/core/src/index.js';
import { AUTOENCODERS, buildAutoencoder, type ModelKey } from '../../packages/models/src/index.js';
import { Adam, meanSquaredError } from '../../packages/nn/src/index.js';
import { WorkerPool } from '../../packages/pool/src/index.js';
import { predict, fit as train } from '../../packages/train/src/index.js';
import type { Runtime } from '../../packages/train/src/runtime.js';

const COUNT = 26;
const SIZE = 8;
const stream = new RandomStream(1, 0);
const x = Float32Array.from({ length: COUNT * SIZE * SIZE }, () => stream.uniform());

let pool: WorkerPool;
let machines: TestMachines;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
  machines = await TestMachines.create({ threads: [1, 2, 1] } satisfies Scenario);
});
afterAll(async () => {
  await pool.close();
  await machines.close();
});

/** Weights, losses and predictions of a training whose last batch is smaller than the others. */
async function trained(key: ModelKey, runtime: Runtime) {
  const autoencoder = buildAutoencoder(key, { height: SIZE, width: SIZE, seed: 3 });
  const { model } = autoencoder;
  const objective = autoencoder.objective(meanSquaredError, new Adam({ learningRate: 0.01 }));
  const options = { ...objective, epochs: 2, batchSize: 8, validationSplit: 0.25, runtime };
  const { history } = await train(model, { x, y: x }, options);
  const predictions = await predict(model, x, { runtime });
  return { history, weights: model.weights.map(({ data }) => data), predictions };
}

it.each(Object.keys(AUTOENCODERS) as ModelKey[])(
  'three machines train %s with the bits of one process',
  async (key) => {
    const alone = await trained(key, pool);
    expect(alone.weights).not.toEqual(
      buildAutoencoder(key, { height: SIZE, width: SIZE, seed: 3 }).model.weights.map(({ data }) => data),
    );
    expect(await trained(key, machines)).toEqual(alone);
  },
);
