import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mul } from '@weft/core';
import { Adam, binaryCrossentropy, SGD } from '@weft/nn';
import { decodeCheckpoint, encodeCheckpoint, type TrainingState } from '@weft/train/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CheckpointError,
  CheckpointMismatchError,
  EarlyStopping,
  type Examples,
  type FitOptions,
  fit,
} from '../src/index.js';
import {
  COUNT,
  checkpointFiles,
  data,
  directory,
  fileOf,
  pools,
  prepare,
  STEPS,
  train,
  usual,
} from './support/checkpoint-training.js';
import { smallDense, uniform, weightsOf, withDropout } from './support/models.js';

prepare();

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
    expect(warnings.at(-1)).toContain('training starts from the beginning');
  });

  it('is not what one of another format version is: that one is named, and not passed over', async () => {
    const { newest } = await finished();
    const text = (await readFile(newest)).toString('latin1');
    await writeFile(newest, text.replace('"weft.checkpoint":"2"', '"weft.checkpoint":"3"'), 'latin1');
    await expect(train({ resumeFrom: directory })).rejects.toThrow(
      'the checkpoint has format version 3; this Weft reads 2. Resume with the Weft that wrote it, or start again in another folder.',
    );
  });

  it('is what a file is that is not a checkpoint, or not there', async () => {
    const path = join(directory, 'none.safetensors');
    await expect(train({ resumeFrom: path })).rejects.toThrow('the checkpoint cannot be read');
    const { newest } = await finished();
    const text = (await readFile(newest)).toString('latin1');
    await writeFile(path, text.replace('weft.checkpoint', 'weft.chequepoint'.slice(0, 15)), 'latin1');
    await expect(train({ resumeFrom: path })).rejects.toThrow('the file is not a checkpoint of a training');
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
