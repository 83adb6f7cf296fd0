import { add, mul, random } from '@weft/core';
import { Adam, Dense, Dropout, Sequential } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import {
  type Corruption,
  type ExampleStream,
  type Examples,
  evaluate,
  type FitOptions,
  fit,
  predict,
} from '../src/index.js';
import type { StepsWork } from '../src/runtime.js';
import { numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { examplesFor, MODELS, type ModelName } from './support/small-models.js';
import { batchesOf, lateBatches } from './support/streams.js';
import { withWrongCode } from './support/wrong-code.js';

const COUNT = 29;
const BATCH = 8;

const noisy: Corruption = (x, { seed, epochKeys }) =>
  add(x, mul(random('normal', x.shape, { seed, stream: 9, keys: epochKeys }), 0.2));

async function train(
  make: () => Sequential,
  data: Examples | ExampleStream,
  options: Partial<FitOptions>,
  runtime = new OneThread(),
) {
  const model = make();
  const optimizer = new Adam({ learningRate: 0.01 });
  const { history, steps } = await fit(model, data, { epochs: 2, optimizer, runtime, ...options });
  return { weights: weightsOf(model), history, steps };
}

const arrays = { batchSize: BATCH, shuffle: false };

describe('a stream has the bits of the same examples in arrays', () => {
  it.each(Object.keys(MODELS) as ModelName[])('in training and validation of %s', async (name) => {
    const make = MODELS[name];
    const model = make();
    const data = { ...examplesFor(model, COUNT), sampleWeight: numbers(COUNT, 7).map(Math.abs) };
    const held = examplesFor(model, 13, 5);
    const wanted = await train(make, data, { ...arrays, validationData: held });
    const stream = () => lateBatches(batchesOf(data, COUNT, BATCH));
    expect(await train(make, stream, { validationData: held })).toEqual(wanted);
    const validationData = () => batchesOf(held, 13, BATCH);
    expect(await train(make, stream, { validationData })).toEqual(wanted);
    expect(await train(make, data, { ...arrays, validationData })).toEqual(wanted);
  });

  const dropout = () =>
    new Sequential([new Dense({ units: 9 }), new Dropout({ rate: 0.4 }), new Dense({ units: 4 })], { inputShape: [4] });

  it('with draws for each example, without targets, from bytes', async () => {
    const data = { x: { data: Uint8Array.from(numbers(COUNT * 4), (x) => 128 + 127 * x), scale: 1 / 255 } };
    const wanted = await train(dropout, data, { ...arrays, corrupt: noisy });
    const batches = batchesOf(data, COUNT, BATCH);
    expect(await train(dropout, batches, { corrupt: noisy })).toEqual(wanted);
  });

  it('whatever iterable it is, and as tuples', async () => {
    const data = examplesFor(MODELS.dense(), COUNT);
    const batches = batchesOf(data, COUNT, BATCH);
    const wanted = await train(MODELS.dense, data, arrays);
    const tuples = batches.map(({ x, y }) => [x, y] as const);
    const streams: ExampleStream[] = [
      batches,
      tuples,
      new Set(batches),
      () => batches[Symbol.iterator](),
      async () => lateBatches(tuples),
      { [Symbol.asyncIterator]: () => lateBatches(batches) },
    ];
    for (const stream of streams) expect(await train(MODELS.dense, stream, {})).toEqual(wanted);
  });

  it('in evaluate and predict', async () => {
    const model = MODELS.convolution();
    const data = examplesFor(model, COUNT);
    const runtime = new OneThread();
    const stream = () => lateBatches(batchesOf(data, COUNT, BATCH));
    expect(await evaluate(model, stream, { runtime })).toEqual(
      await evaluate(model, data, { runtime, batchSize: BATCH }),
    );
    const wanted = await predict(model, data.x, { runtime, batchSize: BATCH });
    expect(await predict(model, stream, { runtime })).toEqual(wanted);
    const inputs = batchesOf(data, COUNT, BATCH).map(({ x }) => x as Float32Array);
    expect(await predict(model, inputs, { runtime })).toEqual(wanted);
    expect(await predict(model, inputs, { runtime, steps: 2 })).toEqual(wanted.slice(0, 2 * BATCH * 3));
  });

  it('where smaller batches lie between others, as far as the model has no state of batches', async () => {
    const data = examplesFor(MODELS.dense(), COUNT);
    const sizes = [8, 3, 8, 5, 3, 2];
    let begin = 0;
    const batches = sizes.map((size) => {
      begin += size;
      return { x: data.x.slice((begin - size) * 4, begin * 4), y: data.y.slice((begin - size) * 3, begin * 3) };
    });
    const got = await train(MODELS.dense, batches, { epochs: 1 });
    expect(got.steps).toBe(6);
    // Batch after batch, each in a call of its own that continues.
    const model = MODELS.dense();
    let optimizerState: FitOptions['optimizerState'];
    const runtime = new OneThread();
    for (const batch of batches) {
      const options = { epochs: 1, batchSize: 8, shuffle: false, optimizer: new Adam({ learningRate: 0.01 }), runtime };
      const state = optimizerState && { optimizerState };
      ({ optimizerState } = await fit(model, batch, { ...options, ...state }));
    }
    expect(got.weights).toEqual(weightsOf(model));
  });
});

describe('an epoch of a stream', () => {
  const model = MODELS.dense();
  const batches = batchesOf(examplesFor(model, COUNT), COUNT, BATCH);

  it('is stepsPerEpoch batches, and a generator continues in the next one', async () => {
    const given: number[] = [];
    let isEnded = false;
    function* endless() {
      try {
        for (let batch = 0; ; batch = (batch + 1) % 3) {
          given.push(batch);
          yield batches[batch];
        }
      } finally {
        isEnded = true;
      }
    }
    const { steps, history } = await train(MODELS.dense, endless(), { epochs: 3, stepsPerEpoch: 2 });
    expect(steps).toBe(6);
    expect(history.loss).toHaveLength(3);
    expect(given).toEqual([0, 1, 2, 0, 1, 2]);
    expect(isEnded).toBe(true);
  });

  it('of a function is made for its number, and of a list begins again', async () => {
    const epochs: number[] = [];
    const stream = (epoch: number) => {
      epochs.push(epoch);
      return batches;
    };
    const wanted = await train(MODELS.dense, batches, { initialEpoch: 2, epochs: 5, stepsPerEpoch: 2 });
    expect(await train(MODELS.dense, stream, { initialEpoch: 2, epochs: 5, stepsPerEpoch: 2 })).toEqual(wanted);
    expect(epochs).toEqual([2, 3, 4]);
  });

  it('tells callbacks how long it is once it is known', async () => {
    const infos: number[] = [];
    const logs: [number, number, number][] = [];
    const callbacks = [
      {
        onTrainBegin: ({ steps, trainCount }: { steps: number; trainCount: number }) =>
          void infos.push(steps, trainCount),
        onBatchEnd: (_: number, log: { batches: number; examples: number; examplesInEpoch: number }) =>
          void logs.push([log.batches, log.examples, log.examplesInEpoch]),
      },
    ];
    await train(MODELS.dense, batches, { callbacks });
    const unknown = Number.POSITIVE_INFINITY;
    expect(infos).toEqual([unknown, unknown]);
    expect(logs.slice(0, 4)).toEqual([8, 16, 24, 29].map((examples) => [unknown, examples, unknown]));
    expect(logs.slice(4)).toEqual([8, 16, 24, 29].map((examples) => [4, examples, 29]));
  });

  it('ends with the running batch when a signal comes, though the next one never does', async () => {
    const controller = new AbortController();
    async function* stuck() {
      yield batches[0];
      controller.abort();
      await new Promise(() => {});
    }
    const { signal } = controller;
    const history = await fit(MODELS.dense(), stuck(), { epochs: 1, signal, runtime: new OneThread() });
    expect(history).toMatchObject({ aborted: true, steps: 1 });
  });
});

describe('memory', () => {
  const BYTES = 4 * 7;

  /** Trains on many batches, and says how many were given and not yet computed, at most. */
  async function trainOn(count: number) {
    const runtime = new OneThread();
    let [given, done, most] = [0, 0, 0];
    const x = numbers(BATCH * BYTES);
    async function* stream() {
      for (; given < count; ) {
        given++;
        most = Math.max(most, given - done);
        yield { x: x.slice() };
      }
    }
    const model = new Sequential([new Dense({ units: BYTES })], { inputShape: [BYTES] });
    const onBatchEnd = () => void done++;
    await fit(model, stream(), { epochs: 1, callbacks: [{ onBatchEnd }], runtime });
    expect(done).toBe(count);
    return { most, shared: runtime.memory.memory.buffer.byteLength };
  }

  it('holds two batches, however many there are', async () => {
    const few = await trainOn(3);
    expect(few.most).toBe(2);
    expect(await trainOn(400)).toEqual(few);
  });

  it('is written while workers read the other half: the next batch is read while one is computed', async () => {
    let asked: (() => void) | undefined;
    let done = 0;
    const batches = batchesOf(examplesFor(MODELS.dense(), COUNT), COUNT, BATCH);
    function* stream() {
      for (const batch of batches) {
        asked?.();
        yield batch;
      }
      asked?.();
    }
    /** Computes no batch before the next one was asked for. */
    class Waiting extends OneThread {
      override async runOnAll(work: StepsWork) {
        await new Promise<void>((resolve) => {
          asked = resolve;
        });
        done++;
        await super.runOnAll(work);
      }
    }
    const got = await train(MODELS.dense, stream(), { epochs: 1 }, new Waiting());
    expect(done).toBe(4);
    expect(got).toEqual(await train(MODELS.dense, batches, { epochs: 1 }));
  });
});

describe('where the engine packs vectors wrongly', () => {
  const data = examplesFor(MODELS.dense(), COUNT);
  const batches = batchesOf(data, COUNT, BATCH);
  const options = { epochs: 3, validationData: () => batchesOf(data, COUNT, BATCH) };

  it.each([0, 1, 3, 4, 9])('a stream is read again, from %s steps on', async (after) => {
    const runtime = withWrongCode(new OneThread(), after);
    expect(await train(MODELS.dense, batches, options, runtime)).toEqual(await train(MODELS.dense, batches, options));
    expect(runtime.warnings).toHaveLength(1);
  });

  it('a generator cannot be, and training ends with an error', async () => {
    const runtime = withWrongCode(new OneThread(), 1);
    const stream = batches[Symbol.iterator]();
    await expect(train(MODELS.dense, stream, { epochs: 1 }, runtime)).rejects.toThrow(
      'fit: a generator cannot be read again from its beginning. Give a function (epoch) => ...',
    );
  });

  it('evaluate and predict read it again', async () => {
    const model = MODELS.dense();
    for (const run of [evaluate, predict]) {
      const runtime = withWrongCode(new OneThread(), 1);
      expect(await run(model, batches, { runtime })).toEqual(await run(model, batches, { runtime: new OneThread() }));
      expect(runtime.warnings).toHaveLength(1);
    }
  });
});
