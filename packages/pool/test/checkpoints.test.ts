import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mul } from '@weft/core';
import { decodeSafetensors } from '@weft/formats';
import { Adam, binaryCrossentropy, type Optimizer, SGD } from '@weft/nn';
import { decodeCheckpoint, encodeCheckpoint, type TrainingState } from '@weft/train/runtime';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Callback,
  CheckpointError,
  CheckpointMismatchError,
  CSVLogger,
  EarlyStopping,
  type Examples,
  type FitOptions,
  fit,
  type History,
  ModelCheckpoint,
  WorkerPool,
} from '../src/index.js';
import { smallAutoencoder, smallDense, uniform, weightsOf, withDropout } from './support/models.js';

let pools: WorkerPool[];
beforeAll(async () => {
  pools = [await WorkerPool.create({ threads: 1 }), await WorkerPool.create({ threads: 3 })];
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-checkpoints-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const COUNT = 40;
const EPOCHS = 3;
/** Steps of an epoch. */
const STEPS = 5;
const data: Examples = { x: uniform(COUNT * 9), y: uniform(COUNT * 3, 2) };
const usual: FitOptions = { epochs: EPOCHS, batchSize: 7, validationSplit: 0.25 };

async function train(options: Partial<FitOptions> = {}, make = smallDense, pool = pools[0], examples = data) {
  const model = make();
  const history = await fit(model, examples, { ...usual, ...options, pool });
  return { weights: weightsOf(model), history };
}

/** Ends training after a number of steps in all. */
function breakingOff(steps: number): Pick<FitOptions, 'signal' | 'callbacks'> {
  const controller = new AbortController();
  const onBatchEnd: Callback['onBatchEnd'] = (batch, { epoch, batches }) => {
    if (epoch * batches + batch + 1 === steps) controller.abort();
  };
  return { signal: controller.signal, callbacks: [{ onBatchEnd }] };
}

const losses = ({ history, steps }: History) => ({ history, steps });
const checkpointFiles = async () => (await readdir(directory)).sort();
const fileOf = (steps: number) => `checkpoint-step-${String(steps).padStart(8, '0')}.safetensors`;

const models = { dense: smallDense, dropout: withDropout };
const optimizers: Readonly<Record<string, () => Optimizer>> = {
  Adam: () => new Adam({ learningRate: 0.01 }),
  SGD: () => new SGD(),
  'SGD with momentum': () => new SGD({ momentum: 0.9, nesterov: true }),
};

describe('a training that was interrupted', () => {
  it('ends, resumed, with the bits of an uninterrupted one, wherever and however often it was interrupted', async () => {
    const cases = fc.record({
      model: fc.constantFrom('dense' as const, 'dropout' as const),
      optimizer: fc.constantFrom(...Object.keys(optimizers)),
      every: fc.oneof(fc.record({ steps: fc.integer({ min: 1, max: 6 }) }), fc.constant({ seconds: 0.001 })),
      breaks: fc.array(fc.integer({ min: 1, max: EPOCHS * STEPS }), { maxLength: 3 }),
      // As a process that is killed loses what it has not yet written.
      loses: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ model, optimizer, every, breaks, loses }) => {
        const folder = await mkdtemp(join(directory, 'case-'));
        const options = (): Partial<FitOptions> => ({ optimizer: optimizers[optimizer]() });
        const wanted = await train(options(), models[model]);
        const resumable = { checkpoints: { directory: folder, every }, resumeFrom: folder };
        for (const [index, steps] of breaks.entries()) {
          await train({ ...options(), ...resumable, ...breakingOff(steps) }, models[model], pools[index % 2]);
          const newest = (await readdir(folder)).sort().at(-1);
          if (loses && newest) await rm(join(folder, newest));
        }
        const resumed = await train({ ...options(), ...resumable }, models[model], pools[1]);
        expect(resumed.weights).toEqual(wanted.weights);
        expect(losses(resumed.history)).toEqual(losses(wanted.history));
      }),
      { numRuns: 25 },
    );
  });

  it('tells callbacks of its past, and of each step that is left, once', async () => {
    const wanted: number[] = [];
    const report = (events: number[]): Callback => ({
      onBatchEnd: (batch, { epoch, loss }) => void events.push(epoch, batch, loss),
    });
    const { history } = await train({ callbacks: [report(wanted)] });
    const got: number[] = [];
    await train({ checkpoints: { directory, every: { steps: 1 } }, ...breakingOff(8) });
    const steps = 3 * (EPOCHS * STEPS - Number(/\d{8}/.exec((await checkpointFiles()).at(-1) ?? '')?.[0]));
    let past: unknown;
    const onTrainBegin: Callback['onTrainBegin'] = ({
      initialEpoch,
      initialStep,
      past: {
        history: { loss },
      },
    }) => {
      past = { initialEpoch, steps: initialEpoch * STEPS + initialStep, loss: [...loss] };
    };
    await train({ resumeFrom: directory, callbacks: [{ ...report(got), onTrainBegin }] });
    expect(got).toEqual(wanted.slice(-steps));
    const epoch = EPOCHS - Math.ceil(steps / 3 / STEPS);
    expect(past).toEqual({
      initialEpoch: epoch,
      steps: EPOCHS * STEPS - steps / 3,
      loss: history.history.loss.slice(0, epoch),
    });
  });

  it('has callbacks go on where they were', async () => {
    const rows = async (name: string) =>
      (await readFile(join(directory, name), 'utf8')).split('\n').map((row) => row.split(',').slice(0, 3));
    // The loss falls and grows, so that weights of an earlier epoch come back, and not all are saved.
    const run = async (name: string, options: Partial<FitOptions>) => {
      const stopping = new EarlyStopping({ patience: 3, restoreBestWeights: true });
      const saving = new ModelCheckpoint({ path: join(directory, `${name}-{epoch}`), saveBestOnly: true });
      const logger = new CSVLogger({ path: join(directory, `${name}.csv`) });
      const callbacks = [stopping, saving, logger, ...(options.callbacks ?? [])];
      const optimizer = new Adam({ learningRate: 0.03 });
      const trained = await train({ ...options, epochs: 12, optimizer, callbacks });
      return { ...trained, stopped: stopping.stoppedEpoch };
    };
    const wanted = await run('wanted', {});
    expect(wanted.stopped).toBeDefined();
    for (let steps = 1; steps < wanted.history.steps; steps += 4) {
      const folder = join(directory, `checkpoints-${steps}`);
      const checkpoints = { directory: folder, every: { steps: 2 } };
      await run('got', { ...breakingOff(steps), checkpoints });
      const got = await run('got', { resumeFrom: folder, checkpoints });
      expect({ ...got, history: losses(got.history) }).toEqual({ ...wanted, history: losses(wanted.history) });
      expect(await rows('got.csv')).toEqual(await rows('wanted.csv'));
      // Resumed once more, there is nothing left to do.
      const again = await run('got', { resumeFrom: folder });
      expect(again.weights).toEqual(wanted.weights);
    }
    const saved = (name: string, files: string[]) =>
      files.flatMap((file) => (file.startsWith(`${name}-`) ? [file.slice(name.length)] : [])).sort();
    const files = await readdir(directory);
    expect(saved('got', files)).toEqual(saved('wanted', files));
  });

  it('has weights that callbacks change changed as often as without it', async () => {
    const run = async (options: Partial<FitOptions>) => {
      const model = smallDense();
      const change = (factor: number) => () => {
        for (const { weight } of model.weights) weight.assign(weight.data.map((value) => value * factor));
      };
      const changing = { onTrainBegin: change(0.5), onEpochBegin: change(0.9), onEpochEnd: change(1.1) };
      const callbacks = [changing, ...(options.callbacks ?? [])];
      await fit(model, data, { ...usual, ...options, callbacks, pool: pools[0] });
      return weightsOf(model);
    };
    const wanted = await run({});
    for (let steps = 1; steps < EPOCHS * STEPS; steps++) {
      const folder = join(directory, `changed-${steps}`);
      await run({ ...breakingOff(steps), checkpoints: { directory: folder, every: { steps: 1 } } });
      expect(await run({ resumeFrom: folder })).toEqual(wanted);
    }
  });

  it('begins anew where there is no checkpoint', async () => {
    const wanted = await train();
    for (const resumeFrom of [directory, join(directory, 'nowhere')]) {
      expect((await train({ resumeFrom })).weights).toEqual(wanted.weights);
    }
  });
});

describe('a training that was finished', () => {
  it('goes on when more epochs are asked for, as if they had been from the beginning', async () => {
    const wanted = await train({ epochs: 4 });
    await train({ epochs: 2, checkpoints: { directory } });
    const resumed = await train({ epochs: 4, checkpoints: { directory }, resumeFrom: directory });
    expect(resumed.weights).toEqual(wanted.weights);
    expect(losses(resumed.history)).toEqual(losses(wanted.history));
  });

  it('by a callback is as finished, and goes on when more epochs are asked for', async () => {
    const onEpochEnd: Callback['onEpochEnd'] = (_epoch, _logs, control) => {
      control.stopTraining = true;
    };
    const stopped = await train({ checkpoints: { directory }, callbacks: [{ onEpochEnd }] });
    expect(stopped.history.history.loss).toHaveLength(1);
    const again = await train({ resumeFrom: directory });
    expect(again).toEqual(stopped);
    const more = await train({ resumeFrom: directory, epochs: EPOCHS + 1 });
    expect(more.weights).toEqual((await train({ epochs: EPOCHS + 1 })).weights);
  });

  it('does no step when no more are', async () => {
    const wanted = await train({ checkpoints: { directory } });
    const onBatchEnd = () => expect.unreachable();
    const { weights, history } = await train({ resumeFrom: directory, callbacks: [{ onBatchEnd }] });
    expect(weights).toEqual(wanted.weights);
    expect(history).toEqual(wanted.history);
  });
});

describe('checkpoints', () => {
  it('change no bit, however often they are taken', async () => {
    const wanted = await train({}, smallAutoencoder, pools[1], { x: uniform(COUNT * 36) });
    for (const every of [{ steps: 1 }, { steps: 3 }, { seconds: 0.001 }, {}]) {
      const folder = await mkdtemp(join(directory, 'every-'));
      const checkpoints = { directory: folder, every };
      const got = await train({ checkpoints }, smallAutoencoder, pools[1], { x: uniform(COUNT * 36) });
      expect(got.weights).toEqual(wanted.weights);
      expect(losses(got.history)).toEqual(losses(wanted.history));
    }
  });

  it('are kept: the newest two and the best', async () => {
    const epochs = 6;
    for (const learningRate of [0.01, 0.3]) {
      const folder = await mkdtemp(join(directory, 'kept-'));
      const options = { epochs, optimizer: new SGD({ learningRate }) };
      const { history } = await train({ ...options, checkpoints: { directory: folder, every: { steps: 2 } } });
      const { val_loss: valLoss = [] } = history.history;
      const best = valLoss.indexOf(Math.min(...valLoss)) + 1;
      const kept = new Set([best * STEPS, epochs * STEPS - 2, epochs * STEPS]);
      const files = [...kept].sort((a, b) => a - b).map(fileOf);
      expect((await readdir(folder)).sort()).toEqual(files);
      // Also by a training that was interrupted after the best epoch, or before it.
      const resumable = { ...options, checkpoints: { directory: `${folder}-resumed`, every: { steps: 2 } } };
      await train({ ...resumable, ...breakingOff(2 * STEPS + 1) });
      await train({ ...resumable, resumeFrom: `${folder}-resumed` });
      expect((await readdir(`${folder}-resumed`)).sort()).toEqual(files);
    }
  });

  it('of several trainings may lie in one folder', async () => {
    for (const name of ['one', 'another']) await train({ checkpoints: { directory, name, every: { steps: 2 } } });
    const kept = await checkpointFiles();
    expect(kept.filter((file) => file.startsWith('one-'))).toHaveLength(kept.length / 2);
    const warnings: string[] = [];
    await rm(join(directory, kept.at(-1) ?? ''));
    const checkpoints = { directory, name: 'one' };
    const onWarning = (message: string) => void warnings.push(message);
    const wanted = await train();
    expect((await train({ checkpoints, resumeFrom: directory, onWarning })).weights).toEqual(wanted.weights);
    expect(warnings).toEqual([]);
  });

  it('are read as safetensors, weights and moments by the paths of the weights', async () => {
    const { weights } = await train({ checkpoints: { directory, keep: 1 } });
    const { tensors, metadata } = decodeSafetensors(await readFile(join(directory, fileOf(EPOCHS * STEPS))));
    const model = smallDense();
    const written = model.weights.map(({ path }) => tensors.get(`weights/${path}`)?.data as Float32Array);
    expect(written.flatMap((values) => [...values])).toEqual([...weights]);
    for (const { path, shape } of model.weights) {
      for (const slot of ['0/momentum', '0/velocity'])
        expect(tensors.get(`slots/${slot}/${path}`)?.shape).toEqual(shape);
    }
    expect(JSON.parse(metadata['weft.state'])).toMatchObject({ epochs: EPOCHS, epoch: EPOCHS, step: 0, steps: 15 });
  });

  it.skipIf(process.platform === 'win32')('are not read from devices, which have no end', async () => {
    const error = await train({ resumeFrom: '/dev/zero' }).catch((error) => error);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toBe('/dev/zero: the checkpoint is no file.');
  });

  it('of another training in the folder are neither overwritten nor mixed with', async () => {
    await train({ checkpoints: { directory } });
    const before = await checkpointFiles();
    await expect(train({ checkpoints: { directory } })).rejects.toThrow(
      `${directory} holds checkpoints of an earlier training. Go on from them with resumeFrom`,
    );
    expect(await checkpointFiles()).toEqual(before);
    await train({ epochs: 1, checkpoints: { directory, name: 'other' } });
    expect(await checkpointFiles()).toEqual([...before, fileOf(STEPS).replace('checkpoint', 'other')].sort());
  });

  it('that were being written when a process was killed are swept away', async () => {
    const half = join(directory, `${fileOf(3)}.${randomUUID()}.tmp`);
    await writeFile(half, 'half');
    await writeFile(join(directory, 'mine.tmp'), 'mine');
    await train({ epochs: 1, checkpoints: { directory } });
    expect(await checkpointFiles()).toEqual([fileOf(STEPS), 'mine.tmp']);
  });
});

describe('a damaged checkpoint', () => {
  async function finished() {
    const wanted = await train({ checkpoints: { directory, every: { steps: 2 } } });
    const [newest, before] = (await checkpointFiles()).reverse().map((file) => join(directory, file));
    return { wanted, newest, before };
  }

  it('is passed over with a message, whatever byte of it is another, wherever it is cut', async () => {
    const { wanted, newest } = await finished();
    const whole = await readFile(newest);
    const damages = fc.oneof(
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.record({ at: fc.nat(whole.length - 1), bit: fc.integer({ min: 0, max: 7 }) }).map(({ at, bit }) => {
        const bytes = Buffer.from(whole);
        bytes[at] ^= 1 << bit;
        return bytes;
      }),
    );
    await fc.assert(
      fc.asyncProperty(damages, async (bytes) => {
        await writeFile(newest, bytes);
        const warnings: string[] = [];
        const onWarning = (message: string) => void warnings.push(message);
        const resumed = await train({ resumeFrom: directory, onWarning });
        expect(warnings).toHaveLength(1);
        expect(warnings[0]).toContain(newest);
        expect(warnings[0]).toContain('It is passed over.');
        expect(resumed.weights).toEqual(wanted.weights);
        await expect(train({ resumeFrom: newest })).rejects.toThrow(CheckpointError);
      }),
      { numRuns: 20 },
    );
  });

  it('does not keep training from beginning anew where no other is whole', async () => {
    const { wanted } = await finished();
    const files = await checkpointFiles();
    for (const file of files) await writeFile(join(directory, file), 'damaged');
    const warnings: string[] = [];
    const resumed = await train({ resumeFrom: directory, onWarning: (message) => void warnings.push(message) });
    expect(resumed.weights).toEqual(wanted.weights);
    expect(warnings).toHaveLength(files.length + 1);
    expect(warnings.at(-1)).toContain('training begins anew');
  });

  it('is not what one of another format version is: that one is named, and not passed over', async () => {
    const { newest } = await finished();
    const text = (await readFile(newest)).toString('latin1');
    await writeFile(newest, text.replace('"weft.checkpoint":"2"', '"weft.checkpoint":"3"'), 'latin1');
    await expect(train({ resumeFrom: directory })).rejects.toThrow(
      'the checkpoint has format version 3; this Weft reads 2. Resume with the Weft that wrote it, or begin anew in another folder.',
    );
  });

  it('is what a file is that is no checkpoint, or not there', async () => {
    const path = join(directory, 'none.safetensors');
    await expect(train({ resumeFrom: path })).rejects.toThrow('the checkpoint cannot be read');
    const { newest } = await finished();
    const text = (await readFile(newest)).toString('latin1');
    await writeFile(path, text.replace('weft.checkpoint', 'weft.chequepoint'.slice(0, 15)), 'latin1');
    await expect(train({ resumeFrom: path })).rejects.toThrow('the file is no checkpoint of a training');
  });
});

describe('a checkpoint whose contents were made up', () => {
  const forgeries: Readonly<Record<string, (state: TrainingState) => Partial<TrainingState>>> = {
    'a weight is missing': ({ weights }) => ({ weights: new Map([...weights].slice(1)) }),
    'a weight too many': ({ weights }) => ({
      weights: new Map([...weights, ['more/kernel', { shape: [1], data: new Float32Array(1) }]]),
    }),
    'a weight of another shape': ({ weights }) => ({
      weights: new Map([...weights].map(([name]) => [name, { shape: [9000], data: new Float32Array(9000) }])),
    }),
    'no moments': () => ({ slots: new Map() }),
    'steps behind the end': () => ({
      step: 10,
      steps: 15,
      log: { numbers: new Float64Array(10), scores: new Float32Array(0) },
    }),
    'another count of steps': () => ({ steps: 7 }),
    'no validation losses': ({ history }) => ({ history: { ...history, history: { loss: history.history.loss } } }),
    'state of a callback': () => ({ callbacks: [{ best: 1 }] }),
  };

  it.each(Object.keys(forgeries))('is refused before anything is done with it: %s', async (name) => {
    await train({ epochs: 1, checkpoints: { directory } });
    const path = join(directory, fileOf(STEPS));
    const state = decodeCheckpoint(path, await readFile(path));
    await writeFile(path, encodeCheckpoint({ ...state, ...forgeries[name](state) }));
    const model = smallDense();
    const resuming = fit(model, data, { ...usual, resumeFrom: directory, pool: pools[0] });
    const error = await resuming.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).toMatch(/contents do not fit the training|is damaged/);
    expect(weightsOf(model)).toEqual(weightsOf(smallDense()));
  });
});

describe('a checkpoint of another training', () => {
  const twice: NonNullable<FitOptions['corrupt']> = (x) => mul(x, 2);
  const thrice: NonNullable<FitOptions['corrupt']> = (x) => mul(x, 3);
  const changes: readonly [string, Partial<FitOptions>, { data?: Examples; make?: typeof smallDense }, string[]][] = [
    ['batch size', { batchSize: 8 }, {}, ['batchSize', 'traced program']],
    ['validation split', { validationSplit: 0.5 }, {}, ['training examples']],
    ['seed', { seed: 43 }, {}, ['seed']],
    ['order', { shuffle: false }, {}, ['shuffle']],
    ['convolution', { convolution: 'direct' }, {}, ['convolution']],
    ['optimiser', { optimizer: new SGD() }, {}, ['optimizer']],
    ["optimiser's settings", { optimizer: new Adam({ beta1: 0.8 }) }, {}, ['optimizer']],
    ['loss', { loss: binaryCrossentropy }, {}, ['traced program']],
    ['corruption', { corrupt: thrice }, {}, ['traced program']],
    ['callbacks', { callbacks: [new EarlyStopping()] }, {}, ['callbacks']],
    ['inputs', {}, { data: { ...data, x: uniform(COUNT * 9, 3) } }, ['x']],
    ['targets', {}, { data: { ...data, y: uniform(COUNT * 3, 3) } }, ['y']],
    ['layers', {}, { make: withDropout }, ['layers', 'layer 0', 'layer 1', 'traced program', 'layer 2']],
  ];

  it.each(changes)('is refused, and what differs is named: %s', async (_, changed, { data: other, make }, names) => {
    await train({ epochs: 1, corrupt: twice, checkpoints: { directory } });
    const resuming = train({ corrupt: twice, ...changed, resumeFrom: directory }, make, pools[0], other);
    const error = await resuming.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CheckpointMismatchError);
    const { message, differences } = error as CheckpointMismatchError;
    expect(differences.map(({ name }) => name)).toEqual(names);
    for (const name of names) expect(message).toMatch(new RegExp(`${name}: got .+, expected .+`));
    expect(message).toContain('Resume with the options and data that it was begun with');
  });
});
