import { tensor } from '@weft/core';
import { statistics } from '@weft/core/program';
import { Adam, BatchNormalization, Conv2D, Dense, type Layer, meanSquaredError, Sequential, trainStep } from '@weft/nn';
import { WorkerPool } from '@weft/pool';
import { type Measurement, summarise } from '../measure.js';
import { median } from '../statistics.js';
import { stepTimes } from '../training-times.js';

const BATCH = 256;
const TURNS = 3;

/** 10.6 million weights: each gradient accumulator takes 42 MB. */
function largeDense(): Sequential {
  const layers = [3072, 1792, 1024].map((units) => new Dense({ units, activation: 'relu' }));
  return new Sequential([...layers, new Dense({ units: 784, activation: 'sigmoid' })], { inputShape: [784] });
}

/** Four convolutions, with or without batch normalisation behind each: two phases for each on the way, and back. */
function convolutions(isNormalised: boolean): Sequential {
  const layers = Array.from({ length: 4 }, (): Layer[] => [
    new Conv2D({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
    ...(isNormalised ? [new BatchNormalization()] : []),
  ]);
  return new Sequential([...layers.flat(), new Conv2D({ filters: 1, kernelSize: 3, padding: 'same' })], {
    inputShape: [28, 28, 1],
  });
}

interface Case {
  readonly name: string;
  readonly model: () => Sequential;
  readonly threads: number;
  readonly steps: number;
}

/** What models other than the autoencoder cost: large weights, phases, and a loop of one's own. */
export async function measureContract(threads: readonly number[]): Promise<Measurement[]> {
  const cases = threads.flatMap((count): Case[] => [
    { name: 'dense, 10.6 million weights', model: largeDense, threads: count, steps: 4 },
    { name: 'four convolutions', model: () => convolutions(false), threads: count, steps: 8 },
    { name: 'four convolutions, each normalised', model: () => convolutions(true), threads: count, steps: 8 },
  ]);
  const times = cases.map((): number[] => []);
  // Cases take turns, so that they meet the same noise.
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, { model, threads: count, steps }] of cases.entries()) {
      const pool = await WorkerPool.create({ threads: count });
      try {
        times[index].push(
          ...(await stepTimes(model(), { pool, numerics: 'exact', batchSize: BATCH, steps, epochs: 2 })),
        );
      } finally {
        await pool.close();
      }
    }
  }
  const steps = cases.map(({ name, threads: count }, index) => {
    const one = cases.findIndex((other) => other.name === name && other.threads === 1);
    return summarise('contract', `${name}, ${count} thread${count > 1 ? 's' : ''}`, times[index], {
      work: BATCH,
      unit: 'examples/s',
      ...(count > 1 && one >= 0 && { reference: { value: BATCH / (median(times[one]) / 1000), name: 'one thread' } }),
    });
  });
  return [...steps, ...handwrittenLoop()];
}

const LOOP_STEPS = 3000;

/** A loop of one's own on one core: the time of a step must not grow, and nothing is compiled after the first. */
function handwrittenLoop(): Measurement[] {
  const model = new Sequential([new Dense({ units: 32, activation: 'relu' }), new Dense({ units: 1 })], {
    inputShape: [16],
  });
  const x = tensor(
    Float32Array.from({ length: 64 * 16 }, (_, i) => Math.sin(i)),
    [64, 16],
  );
  const y = tensor(
    Float32Array.from({ length: 64 }, (_, i) => Math.sin(i / 2)),
    [64, 1],
  );
  const step = trainStep(model, new Adam());
  const before = statistics.compilations;
  const times: number[] = [];
  for (let count = 0; count < LOOP_STEPS; count++) {
    const started = performance.now();
    step((context) => meanSquaredError(model.call(x, context), y));
    times.push(performance.now() - started);
  }
  const compilations = statistics.compilations - before;
  const third = LOOP_STEPS / 3;
  const first = times.slice(third / 2, third);
  const reference = { value: 1 / (median(first) / 1000), name: 'the first thousand' };
  return [
    summarise('contract', `loop of one's own, the first thousand, ${compilations} compilations`, first, {
      work: 1,
      unit: 'steps/s',
    }),
    summarise('contract', "loop of one's own, the last thousand", times.slice(-third), {
      work: 1,
      unit: 'steps/s',
      reference,
    }),
  ];
}
