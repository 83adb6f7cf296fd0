import { Adam, Dense, Dropout, Sequential } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import {
  CSVLogger,
  EarlyStopping,
  evaluate,
  type FitOptions,
  fit,
  ModelCheckpoint,
  NonFiniteError,
  predict,
} from '../src/index.js';
import { OneThread } from './support/one-thread.js';

const COUNT = 40;
const x = Float32Array.from({ length: COUNT * 2 }, (_, index) => Math.fround(Math.sin(index)));
const y = Float32Array.from({ length: COUNT }, (_, index) => x[2 * index] * x[2 * index + 1]);

function build() {
  const layers = [new Dense({ units: 8, activation: 'tanh' }), new Dropout({ rate: 0.1 }), new Dense({ units: 1 })];
  return new Sequential(layers, { inputShape: [2], seed: 1 });
}

async function train(runtime: OneThread, options: Partial<FitOptions> = {}, data = { x, y }) {
  const model = build();
  const optimizer = new Adam({ learningRate: 0.01 });
  const history = await fit(model, data, {
    epochs: 4,
    batchSize: 8,
    validationSplit: 0.2,
    optimizer,
    runtime,
    ...options,
  });
  return { model, history, weights: model.weights.flatMap(({ data }) => [...data]) };
}

describe('a runtime of one thread, with files in memory', () => {
  it('trains, predicts and scores', async () => {
    const runtime = new OneThread();
    const { model, history } = await train(runtime, { epochs: 40, optimizer: new Adam({ learningRate: 0.03 }) });
    expect(history.history.loss[39]).toBeLessThan(history.history.loss[0] / 2);
    expect(history.history.val_loss).toHaveLength(40);
    const outputs = await predict(model, x, { runtime });
    const error = outputs.reduce((sum, value, index) => sum + (value - y[index]) ** 2, 0) / COUNT;
    expect((await evaluate(model, { x, y }, { runtime })).loss).toBeCloseTo(error, 6);
  });

  it('is started and closed by a call that is given a function', async () => {
    const started: OneThread[] = [];
    const start = async () => {
      started.push(new OneThread());
      return started[0];
    };
    await predict(build(), x, { runtime: start });
    expect(started.map(({ closed }) => closed)).toEqual([true]);
    await expect(predict(build(), x.subarray(1), { runtime: start })).rejects.toThrow('not a whole number of examples');
    expect(started).toHaveLength(1);
  });

  it('resumes a training from its files, with the same bits', async () => {
    const wanted = await train(new OneThread());
    const runtime = new OneThread();
    const checkpoints = { directory: 'kept' };
    await train(runtime, { epochs: 2, checkpoints });
    expect(await runtime.store.list('kept')).toHaveLength(2);
    const resumed = await train(runtime, { checkpoints, resumeFrom: 'kept' });
    expect(resumed.weights).toEqual(wanted.weights);
    expect(resumed.history.history).toEqual(wanted.history.history);
  });

  it('has what callbacks write', async () => {
    const runtime = new OneThread();
    const saving = new ModelCheckpoint({ path: 'models/{epoch:02d}-{val_loss:.3f}' });
    const logger = new CSVLogger({ path: 'log.csv' });
    const { history } = await train(runtime, { epochs: 2, callbacks: [saving, logger, new EarlyStopping()] });
    const { loss, val_loss: valLoss = [] } = history.history;
    expect((await runtime.store.list('models')).sort()).toEqual(
      valLoss.map((value, epoch) => `0${epoch + 1}-${value.toFixed(3)}`),
    );
    const [header, ...rows] = runtime.store.text('log.csv').trimEnd().split('\n');
    expect(header).toBe('epoch,loss,val_loss,seconds,examples_per_second');
    expect(rows.map((row) => row.split(',').slice(0, 3).map(Number))).toEqual(
      loss.map((value, epoch) => [epoch + 1, value, valLoss[epoch]]),
    );
  });

  it('keeps infinite numbers in checkpoints', async () => {
    const runtime = new OneThread();
    const kept: unknown[] = [];
    const callback = () => ({
      state: () => ({ best: Number.POSITIVE_INFINITY, least: Number.NEGATIVE_INFINITY, lost: Number.NaN }),
      restore: (state: unknown) => void kept.push(state),
    });
    const checkpoints = { directory: 'kept' };
    await train(runtime, { epochs: 1, checkpoints, callbacks: [callback()] });
    await train(runtime, { epochs: 2, checkpoints, resumeFrom: 'kept', callbacks: [callback()] });
    expect(kept).toEqual([callback().state()]);
  });
});

describe('before the first epoch', () => {
  it.each([
    [new EarlyStopping({ monitor: 'val_accuracy' }), "EarlyStopping: there is no 'val_accuracy' to watch"],
    [
      new ModelCheckpoint({ path: 'a', saveBestOnly: true, monitor: 'f1' }),
      "ModelCheckpoint: there is no 'f1' to watch",
    ],
    [new ModelCheckpoint({ path: '{accuracy}' }), 'which is unknown; known are epoch, loss, val_loss.'],
  ])('a callback is refused that could not do its work, %#', async (callback, message) => {
    const onEpochBegin = () => expect.unreachable();
    await expect(train(new OneThread(), { callbacks: [callback, { onEpochBegin }] })).rejects.toThrow(message);
  });
});

describe('numbers in the data that are not finite', () => {
  it.each([
    ['x', 11, Number.NaN, 'x holds NaN in example 5 (from 0), at [1].'],
    ['y', 5, Number.POSITIVE_INFINITY, 'y holds Infinity in example 5 (from 0), at [0].'],
  ])('are named, and are no divergence: %s', async (array, index, value, message) => {
    const data = { x: x.slice(), y: y.slice() };
    (array === 'x' ? data.x : data.y)[index] = value;
    const error = await train(new OneThread(), {}, data).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NonFiniteError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('diverged');
    expect(error).toMatchObject({ epoch: 0, found: { array, example: 5 } });
  });

  it('are not looked for where there are none: then training has diverged', async () => {
    const far = { x, y: y.map((value) => value * 1e30) };
    await expect(train(new OneThread(), {}, far)).rejects.toThrow('training has diverged. Use a smaller learning rate');
  });
});
