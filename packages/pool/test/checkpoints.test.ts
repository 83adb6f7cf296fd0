import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors } from '@weft/formats';
import { SGD } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../src/index.js';
import {
  breakingOff,
  COUNT,
  checkpointFiles,
  directory,
  EPOCHS,
  fileOf,
  losses,
  pools,
  prepare,
  STEPS,
  train,
} from './support/checkpoint-training.js';
import { smallAutoencoder, smallDense, uniform } from './support/models.js';

prepare();

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
    expect(error.message).toBe('/dev/zero: the checkpoint is not a file.');
  });

  it('of another training in the folder are neither overwritten nor mixed with', async () => {
    await train({ checkpoints: { directory } });
    const before = await checkpointFiles();
    await expect(train({ checkpoints: { directory } })).rejects.toThrow(
      `${directory} holds checkpoints of an earlier training. Continue it with resumeFrom`,
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
