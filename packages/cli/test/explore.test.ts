import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syntheticGarments } from '@weft/data';
import { decodeExploration, decodeModel, type Exploration } from '@weft/formats';
import { autoencoderOf } from '@weft/models';
import { predict, WorkerPool } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnPicture, writeTree } from './support/pictures.js';
import { type Finished, temporaryFolder, weft } from './support/weft.js';

const IMAGES = 60;
const SMALL = ['--dataset', 'synthetic', '--limit', '120', '--test-limit', String(IMAGES), '--batch-size', '40'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let pool: WorkerPool;
let trained: Finished;
const at = (...names: string[]) => join(folder.path, ...names);
const call = (...args: string[]) => weft(args, { cwd: folder.path });
const train = (model: string, ...more: string[]) =>
  call('train', ...SMALL, '--epochs', '1', '--filters', '4,4', '--model', model, '--out', 'run', ...more);
const explored = async (...names: string[]): Promise<Exploration> => decodeExploration(await readFile(at(...names)));

beforeAll(async () => {
  folder = await temporaryFolder();
  trained = await train('cae,unet', '--explore', '--threads', '2');
  pool = await WorkerPool.create({ threads: 1 });
});
afterAll(async () => {
  await pool.close();
  await folder.remove();
});

describe('weft train --explore', () => {
  test('writes what weft explore does, whatever the number of threads', async () => {
    expect(trained.stderr).not.toContain('Error');
    expect(trained.code).toBe(0);
    for (const model of ['cae', 'unet']) {
      const { code, stdout } = await call(
        'explore',
        'run',
        '--model',
        model,
        '--out',
        'o.safetensors',
        '--overwrite',
        '--threads',
        '1',
      );
      expect(code).toBe(0);
      expect(stdout).toContain(`${IMAGES} images, 50 principal components`);
      expect(
        Buffer.compare(await readFile(at('o.safetensors')), await readFile(at('run', `explore-${model}.safetensors`))),
      ).toBe(0);
    }
  });

  test('leaves the models of the run to other commands', async () => {
    const { code, stdout } = await call('info', 'run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).models.map(({ card }: { card: { model: string } }) => card.model)).toEqual([
      'cae',
      'unet',
    ]);
  });

  test('is kept by a run that is taken up again, and its file goes when another run begins', async () => {
    await rm(at('run', 'explore-cae.safetensors'));
    const again = await call('train', '--resume', 'run', '--epochs', '2');
    expect(again.code).toBe(0);
    const { mean } = (await record()).models.cae.testError;
    expect(
      (await explored('run', 'explore-cae.safetensors')).errors.reduce((sum, error) => sum + error / IMAGES, 0),
    ).toBeCloseTo(mean, 6);
    expect((await train('cdae')).code).toBe(0);
    await expect(readFile(at('run', 'explore-cae.safetensors'))).rejects.toThrow('ENOENT');
    expect((await train('cae,unet', '--explore')).code).toBe(0);
  });
});

const record = async () => JSON.parse(await readFile(at('run', 'run.json'), 'utf8'));

describe('weft explore', () => {
  test('writes the test images with their classes, outputs, errors and latents', async () => {
    const exploration = await explored('run', 'explore-cae.safetensors');
    const { test: images, classNames } = syntheticGarments({ trainCount: 120, testCount: IMAGES });
    expect(exploration).toMatchObject({
      model: 'cae',
      title: 'CAE',
      run: 'run',
      dataset: 'synthetic',
      synthetic: true,
    });
    expect(exploration.weightsSha256).toBe((await record()).models.cae.weightsSha256);
    expect(exploration.classNames).toEqual(classNames);
    expect(exploration.originals).toEqual(images.images);
    expect(exploration.labels).toEqual(images.labels);
    expect(exploration.inputs).toBeUndefined();
    const { encoder, reconstructor } = autoencoderOf(
      'cae',
      decodeModel(await readFile(at('run', 'cae.safetensors'))).model,
    );
    const pixels = Float32Array.from(images.images, (byte) => byte / 255);
    const outputs = await predict(reconstructor, pixels, { pool });
    exploration.reconstructions.forEach((byte, index) => {
      expect(Math.abs(byte - 255 * outputs[index])).toBeLessThanOrEqual(0.5001);
    });
    const errors = Array.from({ length: IMAGES }, (_, image) => {
      let sum = 0;
      for (let pixel = image * 784; pixel < (image + 1) * 784; pixel++) sum += (outputs[pixel] - pixels[pixel]) ** 2;
      return sum / 784;
    });
    errors.forEach((error, index) => {
      expect(exploration.errors[index]).toBeCloseTo(error, 6);
    });
    const { mean, components, scores } = exploration;
    const latents = await predict(encoder, pixels, { pool });
    for (let image = 0; image < IMAGES; image++) {
      for (let component = 0; component < 50; component++) {
        let score = 0;
        for (let index = 0; index < mean.length; index++) {
          score += (latents[image * mean.length + index] - mean[index]) * components[component * mean.length + index];
        }
        expect(scores[image * 50 + component]).toBeCloseTo(score, 3);
      }
    }
  });

  test('names the nearest others by all components', async () => {
    const { scores, neighbours, count } = await explored('run', 'explore-cae.safetensors');
    for (let image = 0; image < count; image++) {
      const expected = Array.from({ length: count }, (_, other) => {
        let squares = 0;
        for (let k = 0; k < 50; k++) squares += (scores[image * 50 + k] - scores[other * 50 + k]) ** 2;
        return { other, squares };
      })
        .filter(({ other }) => other !== image)
        .sort((a, b) => a.squares - b.squares || a.other - b.other)
        .slice(0, 8)
        .map(({ other }) => other);
      expect([...neighbours.subarray(image * 8, (image + 1) * 8)]).toEqual(expected);
    }
  });

  test('holds a decoder that turns latents into the images that the model makes', async () => {
    const { decoder, latentShape, height, width, channels } = await explored('run', 'explore-cae.safetensors');
    const { model } = decodeModel(decoder as Uint8Array);
    expect(model.inputs[0].shape).toEqual(latentShape);
    expect(model.outputs[0].shape).toEqual([height, width, channels]);
    const whole = autoencoderOf('cae', decodeModel(await readFile(at('run', 'cae.safetensors'))).model);
    const pixels = new Float32Array(784).fill(0.25);
    const latents = await predict(whole.encoder, pixels, { pool });
    expect(await predict(model, latents, { pool })).toEqual(await predict(whole.reconstructor, pixels, { pool }));
  });

  test('of a U-Net writes the noisy inputs, and no decoder, which there is none', async () => {
    const { decoder, inputs, noise, originals, errors } = await explored('run', 'explore-unet.safetensors');
    expect(decoder).toBeUndefined();
    expect(noise).toBe('gaussian:0.4');
    expect(inputs).not.toEqual(originals);
    const { testError } = (await record()).models.unet;
    expect(errors.reduce((sum, error) => sum + error / IMAGES, 0)).toBeCloseTo(testError.mean, 6);
  });

  test('takes the first images where fewer are asked for', async () => {
    expect((await call('explore', 'run', '--model', 'cae', '--examples', '7', '--out', 'few.safetensors')).code).toBe(
      0,
    );
    const few = await explored('few.safetensors');
    const all = await explored('run', 'explore-cae.safetensors');
    expect(few.count).toBe(7);
    expect(few.originals).toEqual(all.originals.subarray(0, 7 * 784));
    expect(few.errors).toEqual(all.errors.subarray(0, 7));
    expect(few.neighbours).toHaveLength(7 * 6);
  });
});

describe('runs on pictures of one’s own', () => {
  const pictures = ['cats', 'dogs'].flatMap((label) =>
    Array.from(
      { length: 10 },
      (_, number) => [`mine/${label}/${number}.png`, drawnPicture(8, 8, 3, { number })] as const,
    ),
  );
  beforeAll(async () => {
    await writeTree(folder.path, Object.fromEntries(pictures));
    const options = ['--data', 'mine', '--model', 'vae', '--filters', '4', '--latent-size', '3', '--epochs', '1'];
    expect((await call('train', ...options, '--out', 'own')).code).toBe(0);
  });

  test('are explored, also where the pictures are elsewhere now', async () => {
    expect((await call('explore', 'own')).code).toBe(0);
    const { classNames, latentShape, channels, count } = await explored('own', 'explore-vae.safetensors');
    expect(classNames).toEqual(['cats', 'dogs']);
    expect({ latentShape, channels, count }).toEqual({ latentShape: [3], channels: 3, count: 4 });
    await writeTree(folder.path, Object.fromEntries(pictures.map(([path, picture]) => [`moved/${path}`, picture])));
    await rm(at('mine'), { recursive: true });
    expect((await call('explore', 'own', '--data', 'moved/mine')).code).toBe(0);
  });

  test('are refused where the pictures are others', async () => {
    await writeTree(folder.path, {
      'moved/mine/cats/1.png': drawnPicture(8, 8, 3, { number: 77 }),
      'moved/mine/cats/2.png': drawnPicture(8, 8, 3, { number: 78 }),
      'moved/mine/dogs/more.png': drawnPicture(8, 8, 3, { number: 79 }),
    });
    const { code, stderr } = await call('explore', 'own', '--data', 'moved/mine');
    expect(code).toBe(3);
    expect(stderr).toContain('are not those that the run was tested on');
  });
});

describe('is refused by a sentence', () => {
  test.each([
    [
      ['explore', 'run', '--out', 'x.safetensors'],
      2,
      'the run has several models, and each has a file. Choose one with --model: cae, unet.',
    ],
    [
      ['explore', 'run', '--model', 'cae', '--out', 'x.bin'],
      2,
      "--out: got 'x.bin', expected a name that ends in .safetensors",
    ],
    [['explore', 'run', '--model', 'vae'], 2, "--model: got 'vae', which run does not hold. Give one of cae, unet."],
    [['explore', 'run', '--examples', '1'], 2, "--examples: got '1', expected a whole number from 2"],
    [['explore', 'run', '--data', 'moved'], 2, '--data: the run was trained on synthetic, not on a folder'],
    [['explore', 'run/run.json'], 3, 'is a file; expected the folder of a run'],
    [['explore', '.'], 3, 'weft: options.json cannot be read'],
    [['explore', 'nowhere'], 3, 'nowhere cannot be read'],
  ] as const)('%s', async (args, expected, message) => {
    const { code, stderr } = await call(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
  });

  test('a file that is there, without --overwrite', async () => {
    await writeFile(at('there.safetensors'), 'mine');
    const { code, stderr } = await call('explore', 'run', '--model', 'cae', '--out', 'there.safetensors');
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--out: there.safetensors would replace what is there. Choose another --out, or give --overwrite.',
    );
    expect(await readFile(at('there.safetensors'), 'utf8')).toBe('mine');
  });
});
