import { syntheticGarments } from '@weft/data';
import { convAutoencoder } from '@weft/models';
import { fit, predict, WorkerPool } from '@weft/pool';
import { type Measurement, summarise } from './measure.js';

const BATCH = 256;
const STEPS = 20;
const EPOCHS = 6;

/**
 * Training steps of the convolutional autoencoder and its forward pass, as a run does them: rows gathered from bytes,
 * forward, backward, Adam. Numbers of threads take turns, so that they meet the same noise; the first epoch of each
 * turn warms up.
 */
export async function measureTraining(threads: readonly number[], turns = 2): Promise<Measurement[]> {
  const images = syntheticGarments({ trainCount: BATCH * STEPS, testCount: 10 }).train.images;
  const steps = new Map<number, number[]>();
  const forwards = new Map<number, number[]>();
  for (let turn = 0; turn < turns; turn++) {
    for (const count of threads) {
      const pool = await WorkerPool.create({ threads: count });
      try {
        const { model } = convAutoencoder();
        const history = await fit(model, { x: images }, { epochs: EPOCHS, batchSize: BATCH, pool });
        const perStep = history.seconds.slice(1).map((seconds) => (1000 * seconds) / STEPS);
        steps.set(count, [...(steps.get(count) ?? []), ...perStep]);
        for (let run = 0; run < EPOCHS; run++) {
          const started = performance.now();
          await predict(model, images, { pool });
          const perBatch = (performance.now() - started) / STEPS;
          if (run > 0) forwards.set(count, [...(forwards.get(count) ?? []), perBatch]);
        }
      } finally {
        await pool.close();
      }
    }
  }
  const line = (name: string, samples: Map<number, number[]>) =>
    threads.map((count) =>
      summarise('cae', `${name}, ${count} thread${count > 1 ? 's' : ''}`, samples.get(count) ?? [], BATCH, 'images/s'),
    );
  return [...line('training step of 256', steps), ...line('predict 256, end to end', forwards)];
}
