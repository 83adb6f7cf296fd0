import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventValue, encodeEvent, eventFileStart, eventHistogram } from '@weft/formats/tensorboard';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Adam, type FitOptions, fit, LearningRateScheduler, TensorBoard, WorkerPool } from '../src/index.js';
import { smallDense, uniform } from './support/models.js';

let pool: WorkerPool;
let folder: string;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
  folder = await mkdtemp(join(tmpdir(), 'weft-tensorboard-'));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const data = { x: uniform(40 * 9), y: uniform(40 * 3, 2) };
const usual: FitOptions = { epochs: 2, batchSize: 7, validationSplit: 0.25 };
const png = Uint8Array.of(1, 2, 3);
const wallTime = 1_700_000_000.5;

/** The one file that lies in a folder of events. */
async function eventsIn(...names: string[]): Promise<Buffer> {
  const files = await readdir(join(folder, ...names));
  expect(files).toHaveLength(1);
  expect(files[0]).toMatch(/^events\.out\.tfevents\.1700000000\.weft\.\d+\.\d{6}$/);
  return readFile(join(folder, ...names, files[0]));
}

it('writes what the history says, histograms of the weights and pictures, epoch by epoch', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(wallTime * 1000);
  const model = smallDense();
  const seen: (readonly [tag: string, counts: readonly number[]])[][] = [];
  const histograms = () => model.weights.map(({ path, data }) => ({ path, histogram: eventHistogram(data) }));
  const board = new TensorBoard({
    logDir: join(folder, 'a/b'),
    histogramFreq: 2,
    images: (given, epoch) => {
      expect(given).toBe(model);
      seen.push(histograms().map(({ path, histogram }) => [path, histogram.counts]));
      return [{ tag: `picture ${epoch}`, height: 1, width: 2, channels: 3, png }];
    },
  });
  const { history, seconds, examplesPerSecond } = await fit(model, data, { ...usual, callbacks: [board], pool });
  expect(seen[0]).not.toEqual(seen[1]);
  const { loss, val_loss: validation = [] } = history;
  const values = (epoch: number): EventValue[] => [
    { tag: 'epoch_loss', scalar: loss[epoch] },
    { tag: 'epoch_seconds', scalar: seconds[epoch] },
    { tag: 'epoch_examples_per_second', scalar: examplesPerSecond[epoch] },
    ...(epoch === 1 ? histograms().map(({ path, histogram }) => ({ tag: `${path}/histogram`, histogram })) : []),
    { tag: `picture ${epoch + 1}`, image: { height: 1, width: 2, channels: 3, png } },
  ];
  const file = (of: (epoch: number) => EventValue[]) =>
    Buffer.concat([
      eventFileStart({ wallTime, step: 1 }),
      ...[0, 1].map((epoch) => encodeEvent({ wallTime, step: epoch + 1, values: of(epoch) })),
    ]);
  expect(await eventsIn('a/b/train')).toEqual(file(values));
  expect(await eventsIn('a/b/validation')).toEqual(file((epoch) => [{ tag: 'epoch_loss', scalar: validation[epoch] }]));
});

it('notes the learning rate, and makes no folder for a validation that there is not', async () => {
  const board = new TensorBoard({ logDir: join(folder, 'c') });
  const callbacks = [new LearningRateScheduler((epoch) => 0.5 ** epoch), board];
  await fit(smallDense(), data, { epochs: 1, optimizer: new Adam(), callbacks, pool });
  expect(await readdir(join(folder, 'c'))).toEqual(['train']);
  const [name] = await readdir(join(folder, 'c/train'));
  expect((await readFile(join(folder, 'c/train', name))).toString('latin1')).toContain('epoch_learning_rate');
});

it('a training that is resumed writes new files, which begin with its first epoch', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(wallTime * 1000);
  const train = (epochs: number, logDir: string) =>
    fit(smallDense(), data, {
      ...usual,
      epochs,
      checkpoints: { directory: join(folder, 'checkpoints') },
      resumeFrom: join(folder, 'checkpoints'),
      callbacks: [new TensorBoard({ logDir: join(folder, logDir) })],
      pool,
    });
  await train(2, 'd');
  await train(3, 'e');
  const resumed = await eventsIn('e/train');
  const start = eventFileStart({ wallTime, step: 3 });
  expect(resumed.subarray(0, start.length)).toEqual(Buffer.from(start));
  expect(resumed.toString('latin1').match(/epoch_loss/g)).toHaveLength(1);
});

it('says where it cannot write', async () => {
  await writeFile(join(folder, 'file'), '');
  const callbacks = [new TensorBoard({ logDir: join(folder, 'file') })];
  await expect(fit(smallDense(), data, { ...usual, callbacks, pool })).rejects.toThrow(
    `TensorBoard: logDir: nothing can be written into ${join(folder, 'file', 'train')}`,
  );
  expect(() => new TensorBoard({ logDir: 'x', histogramFreq: -1 })).toThrow('histogramFreq');
  expect(() => new TensorBoard({ logdir: 'x' } as never)).toThrow('logDir');
});
