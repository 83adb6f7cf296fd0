import { Adam, type Callback, Dense, Dropout, Sequential, WorkerPool, weightsSha256 } from '@weft/pool';
import { fit } from '@weft/train';
import type { Runtime } from '@weft/train/runtime';

const COUNT = 96;
const data = {
  x: Float32Array.from({ length: COUNT * 6 }, (_, at) => ((at * 7) % 11) / 11),
  y: Float32Array.from({ length: COUNT * 2 }, (_, at) => ((at * 5) % 13) / 13),
};

/** A training of some milliseconds: 4 steps an epoch, with validation. */
export async function trained(runtime: Runtime, epochs = 3, callbacks: readonly Callback[] = []) {
  const layers = [new Dense({ units: 20, activation: 'relu' }), new Dropout({ rate: 0.2 }), new Dense({ units: 2 })];
  const model = new Sequential(layers, { inputShape: [6], seed: 1 });
  const { history } = await fit(model, data, {
    epochs,
    batchSize: 18,
    optimizer: new Adam(),
    validationSplit: 0.25,
    callbacks,
    runtime,
  });
  return { weights: weightsSha256(model), history };
}

/** What one process makes of it. */
export async function trainedHere(epochs?: number) {
  const pool = await WorkerPool.create({ threads: 2 });
  try {
    return await trained(pool, epochs);
  } finally {
    await pool.close();
  }
}
