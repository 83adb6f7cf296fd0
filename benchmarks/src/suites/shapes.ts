import { convAutoencoder } from '@weft/models';
import { Conv2D, Dense, type Layer, MaxPooling2D, Sequential, UpSampling2D } from '@weft/nn';
import { WorkerPool } from '@weft/pool';
import { type Measurement, summarise } from '../measure.js';
import { nominalWork } from '../nominal.js';
import type { Numerics } from '../numerics.js';
import { median } from '../statistics.js';
import { stepTimes } from '../training-times.js';

interface Shape {
  readonly name: string;
  readonly model: () => Sequential;
  readonly batchSize: number;
}

/** The autoencoder with another number of filters: w, 2w, 2w, w instead of 32, 64, 64, 32. */
function withWidth(width: number): Sequential {
  const convolution = (filters: number, activation: 'relu' | 'sigmoid' = 'relu') =>
    new Conv2D({ filters, kernelSize: 3, padding: 'same', activation });
  const layers: Layer[] = [
    ...[width, 2 * width].flatMap((filters) => [convolution(filters), new MaxPooling2D()]),
    ...[2 * width, width].flatMap((filters) => [convolution(filters), new UpSampling2D()]),
    convolution(1, 'sigmoid'),
  ];
  return new Sequential(layers, { inputShape: [28, 28, 1] });
}

function dense(): Sequential {
  const layers = [128, 32, 128].map((units) => new Dense({ units, activation: 'relu' }));
  return new Sequential([...layers, new Dense({ units: 784, activation: 'sigmoid' })], { inputShape: [784] });
}

const SHAPES: readonly Shape[] = [
  { name: 'CAE 28x28, batch 256', model: () => convAutoencoder().model, batchSize: 256 },
  ...[1, 32, 1000].map((batchSize) => ({
    name: `CAE 28x28, batch ${batchSize}`,
    model: () => convAutoencoder().model,
    batchSize,
  })),
  ...[16, 48, 128].map((width) => ({ name: `28x28, ${width} filters`, model: () => withWidth(width), batchSize: 256 })),
  {
    name: 'RGB 32x32',
    model: () => convAutoencoder({ height: 32, width: 32, channels: 3 }).model,
    batchSize: 256,
  },
  ...[64, 128].map((size) => ({
    name: `grey ${size}x${size}`,
    model: () => convAutoencoder({ height: size, width: size }).model,
    batchSize: 64,
  })),
  { name: 'dense 784-128-32-128-784', model: dense, batchSize: 256 },
];

const TURNS = 3;

/** What an epoch should hold, in nominal GFLOP: half a second or so. */
const EPOCH_WORK = 150;

/**
 * Training steps of other shapes and batches on all threads. The rate counts what layers are defined by: forward
 * and both gradients by the direct algorithms. It is compared with the rate of the first one.
 */
export async function measureShapes(threads: number, numerics: Numerics): Promise<Measurement[]> {
  const times = SHAPES.map((): number[] => []);
  const works = SHAPES.map(({ model, batchSize }) => 2e-9 * nominalWork(model()).step * batchSize);
  const pool = await WorkerPool.create({ threads });
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [index, { model, batchSize }] of SHAPES.entries()) {
        const steps = Math.min(200, Math.max(2, Math.round(EPOCH_WORK / works[index])));
        times[index].push(...(await stepTimes(model(), { pool, numerics, batchSize, steps, epochs: 2 })));
      }
    }
  } finally {
    await pool.close();
  }
  const reference = { value: works[0] / (median(times[0]) / 1000), name: 'the first' };
  return SHAPES.map(({ name }, index) =>
    summarise('shapes', `${name}, ${threads} threads, ${numerics}`, times[index], {
      work: works[index],
      unit: 'nominal GFLOP/s',
      reference,
    }),
  );
}
