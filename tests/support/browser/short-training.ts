import type { Weft } from './web.js';

/** What a short training and what follows it have given. */
export interface Trained {
  readonly sha256: string;
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Batches that callbacks were told of. */
  readonly batches: number;
  readonly predictions: readonly number[];
  readonly evaluation: Readonly<Record<string, number>>;
}

/** What to train on, and with how many threads. */
export interface ShortTraining {
  readonly threads?: number;
  /** Arrays, a stream of batches, or records that are read. */
  readonly data: 'arrays' | 'stream' | 'records';
}

/**
 * Trains a convolutional network with everything that may change bits: noise, dropout, moving averages, a short last
 * batch, validation. It uses nothing but its arguments, so that a page can run it.
 */
export async function trainShortly(weft: Weft, { threads, data }: ShortTraining): Promise<Trained> {
  const { Adam, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Sequential } = weft;
  const count = 300;
  const pixels = Uint8Array.from({ length: count * 64 }, (_, at) => (Math.imul(at, 2654435761) >>> 13) % 256);
  const labels = Int32Array.from({ length: count }, (_, at) => at % 3);
  const inputs = { data: pixels, scale: 1 / 255 };
  const scaled = (begin: number, end: number) =>
    Float32Array.from(pixels.subarray(begin * 64, end * 64), (v) => v / 255);
  function* batches() {
    for (let begin = 0; begin < count; begin += 64) {
      const end = Math.min(count, begin + 64);
      yield { x: scaled(begin, end), y: labels.slice(begin, end) };
    }
  }
  const records = {
    count,
    shape: [8, 8, 1],
    dtype: 'uint8',
    scale: 1 / 255,
    sha256: 'drawn by code',
    async read(numbers: Uint32Array, to: Uint8Array) {
      for (const [at, number] of numbers.entries()) to.set(pixels.subarray(number * 64, number * 64 + 64), at * 64);
    },
  };
  const layers = [
    new Conv2D({ filters: 8, kernelSize: 3, activation: 'relu' }),
    new BatchNormalization(),
    new MaxPooling2D(),
    new Flatten(),
    new Dropout({ rate: 0.2 }),
    new Dense({ units: 3, activation: 'softmax' }),
  ];
  const model = new Sequential(layers, { inputShape: [8, 8, 1], seed: 3 });
  const pool = await weft.WorkerPool.create(threads === undefined ? {} : { threads });
  const loss = weft.sparseCategoricalCrossentropy;
  const noise: import('../../../packages/train/src/index.js').Corruption = (x, { seed, epochKeys: keys }) =>
    weft.add(x, weft.mul(weft.random('normal', x.shape, { seed, stream: 9, keys }), 0.1));
  let told = 0;
  const common = { epochs: 2, loss, optimizer: new Adam(), corrupt: noise, pool };
  const callbacks = [{ onBatchEnd: () => void told++ }];
  const fits = {
    arrays: () =>
      weft.fit(model, { x: inputs, y: labels }, { ...common, callbacks, batchSize: 64, validationSplit: 0.2 }),
    stream: () => weft.fit(model, batches, { ...common, callbacks, validationData: { x: inputs, y: labels } }),
    records: () => weft.fit(model, { x: records, y: labels } as never, { ...common, callbacks, batchSize: 64 }),
  };
  const { history } = await fits[data]();
  const predictions = await weft.predict(model, inputs, { pool, batchSize: 64 });
  const evaluation = await weft.evaluate(model, { x: inputs, y: labels }, { loss, pool, batchSize: 64 });
  await pool.close();
  return {
    sha256: weft.weightsSha256(model),
    history: history as never,
    batches: told,
    predictions: [...(predictions as Float32Array)],
    evaluation,
  };
}
