import { placeholder } from '@weft/core';
import { convAutoencoder } from '@weft/models';
import { predict, WorkerPool } from '@weft/pool';
import { type Measurement, measureInTurn, summarise } from '../measure.js';
import { compileOptions, type Numerics } from '../numerics.js';
import { runnable } from '../programs.js';
import { noise, stepTimes } from '../training-times.js';

const BATCH = 256;
const STEPS = 20;
const EPOCHS = 5;
const TURNS = 2;

/** Images that forward alone takes at a time, a divisor of the batch. */
const PIECE = 32;

/**
 * Training steps of the convolutional autoencoder and its forward pass, as a run does them: rows gathered from bytes,
 * forward, backward, Adam. Numbers of threads take turns, so that they meet the same noise.
 */
export async function measureTraining(
  threads: readonly number[],
  numerics: readonly Numerics[],
): Promise<Measurement[]> {
  const variants = numerics.flatMap((kind) => threads.map((count) => ({ kind, count })));
  const steps = variants.map((): number[] => []);
  const forwards = variants.map((): number[] => []);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, { count, kind }] of variants.entries()) {
      const pool = await WorkerPool.create({ threads: count });
      try {
        const { model } = convAutoencoder();
        const time = { pool, numerics: kind, batchSize: BATCH, steps: STEPS, epochs: EPOCHS };
        steps[index].push(...(await stepTimes(model, time)));
        const images = noise(model, BATCH * STEPS);
        for (let run = 0; run <= EPOCHS; run++) {
          const started = performance.now();
          await predict(model, images, { pool, ...compileOptions(kind) });
          if (run > 0) forwards[index].push((performance.now() - started) / STEPS);
        }
      } finally {
        await pool.close();
      }
    }
  }
  const lines = (name: string, samples: readonly number[][]) =>
    variants.map(({ kind, count }, index) =>
      summarise('training', `${name}, ${count} thread${count > 1 ? 's' : ''}, ${kind}`, samples[index], {
        work: BATCH,
        unit: 'images/s',
      }),
    );
  return [...lines('step of 256', steps), ...lines('predict 256, end to end', forwards), ...(await forward(numerics))];
}

/** The kernels of forward alone, on one core, without threads, copies or compilation. */
function forward(numerics: readonly Numerics[]): Promise<Measurement[]> {
  const { model } = convAutoencoder();
  const x = placeholder({ shape: [PIECE, ...model.inputShape], dtype: 'float32' }, 'x');
  const weights = model.weights.map(({ weight }) => weight.tensor);
  const cases = numerics.map((kind) => ({
    name: `forward of 256, kernels alone, one core, ${kind}`,
    prepare: () => {
      const output = model.call(x);
      const constant = weights.map((_, index) => 1 + index);
      const { run } = runnable([output], [x, ...weights], compileOptions(kind), constant);
      return {
        run: () => {
          for (let piece = 0; piece < BATCH / PIECE; piece++) run();
        },
      };
    },
    work: BATCH,
    unit: 'images/s',
  }));
  return measureInTurn('training', cases, 2000);
}
