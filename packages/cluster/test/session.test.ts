import { Adam, Dense, Dropout, Sequential, WorkerPool, weightsSha256 } from '@weft/pool';
import { fit } from '@weft/train';
import type { Runtime } from '@weft/train/runtime';
import { expect, test } from 'vitest';
import { MemoryCluster } from './support/memory-cluster.js';

const COUNT = 96;
const data = {
  x: Float32Array.from({ length: COUNT * 6 }, (_, at) => Math.sin(at)),
  y: Float32Array.from({ length: COUNT * 2 }, (_, at) => Math.cos(at)),
};

async function trained(runtime: Runtime, epochs = 3) {
  const layers = [new Dense({ units: 20, activation: 'relu' }), new Dropout({ rate: 0.2 }), new Dense({ units: 2 })];
  const model = new Sequential(layers, { inputShape: [6], seed: 1 });
  const { history } = await fit(model, data, {
    epochs,
    batchSize: 32,
    optimizer: new Adam(),
    validationSplit: 0.25,
    runtime,
  });
  return { weights: weightsSha256(model), history };
}

async function expected(epochs?: number) {
  const pool = await WorkerPool.create({ threads: 2 });
  try {
    return await trained(pool, epochs);
  } finally {
    await pool.close();
  }
}

test('workers of any number and threads give the bits of one process', async () => {
  const one = await expected();
  for (const threads of [[1], [2, 1], [1, 1, 2]]) {
    const cluster = new MemoryCluster();
    const runtime = cluster.runtime();
    for (const [at, each] of threads.entries()) cluster.worker(`w${at}`, each);
    expect(await trained(runtime)).toEqual(one);
    await runtime.close();
    await cluster.close();
  }
});
