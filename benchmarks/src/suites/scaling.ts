import { convAutoencoder } from '@weft/models';
import { WorkerPool } from '@weft/pool';
import { type Measurement, summarise } from '../measure.js';
import { stepTimes } from '../training-times.js';

const COUNTS = [2_000, 6_000, 20_000, 60_000];
const SIDES = [28, 56, 84, 112];
const BATCH = 250;
const TURNS = 2;

/** Whether the time for an image depends on how many there are, and the time for a pixel on how many an image has. */
export async function measureScaling(threads: number): Promise<Measurement[]> {
  const perCount = COUNTS.map((): number[] => []);
  const perSide = SIDES.map((): number[] => []);
  const pool = await WorkerPool.create({ threads });
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [index, count] of COUNTS.entries()) {
        const { model } = convAutoencoder();
        const epochs = count < 20_000 ? 6 : 2;
        const time = { pool, numerics: 'exact', batchSize: BATCH, steps: count / BATCH, epochs } as const;
        perCount[index].push(...(await stepTimes(model, time)));
      }
      for (const [index, side] of SIDES.entries()) {
        const { model } = convAutoencoder({ height: side, width: side });
        const time = { pool, numerics: 'exact', batchSize: BATCH, steps: 4, epochs: 3 } as const;
        perSide[index].push(...(await stepTimes(model, time)));
      }
    }
  } finally {
    await pool.close();
  }
  const lines = (samples: readonly number[][], name: (index: number) => string, pixels: (index: number) => number) => {
    const first = summarise('scaling', '', samples[0], { work: pixels(0), unit: '' }).rate as number;
    return samples.map((times, index) =>
      summarise('scaling', name(index), times, {
        work: pixels(index),
        unit: 'Mpixel/s',
        reference: { value: first, name: 'the first' },
      }),
    );
  };
  return [
    ...lines(
      perCount,
      (index) => `step of ${BATCH}, of ${COUNTS[index].toLocaleString('en')} images`,
      () => BATCH * 28 * 28 * 1e-6,
    ),
    ...lines(
      perSide,
      (index) => `step of ${BATCH}, images of ${SIDES[index]}x${SIDES[index]}`,
      (index) => BATCH * SIDES[index] ** 2 * 1e-6,
    ),
  ];
}
