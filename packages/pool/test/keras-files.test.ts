import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readHdf5 } from '@weft/formats/keras';
import { Dense, Sequential } from '@weft/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHdf5Aside } from '../src/hdf5-thread.js';
import { loadKerasModel, loadKerasWeights, predict } from '../src/index.js';

const { cases } = JSON.parse(
  readFileSync(new URL('../../formats/test/fixtures/keras-models.json', import.meta.url), 'utf8'),
);
const unpacked = (base64: string) => new Uint8Array(gunzipSync(Buffer.from(base64, 'base64')));

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-keras-'));
  await writeFile(at('cae.keras'), unpacked(cases.cae.keras));
  await writeFile(at('cae.weights.h5'), unpacked(cases.cae.weights));
});
afterAll(() => rm(folder, { recursive: true }));

describe('files of Keras', () => {
  it('become models that predict what Keras predicts', async () => {
    const model = await loadKerasModel(at('cae.keras'));
    const x = Float32Array.from({ length: 784 }, (_, pixel) => ((37 * pixel) % 101) / 101);
    const outputs = (await predict(model, x, { threads: 2 })) as Float32Array;
    const differences = outputs.map((value, pixel) => Math.abs(value - cases.cae.output[pixel]));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    const weights = model.weights.map(({ data }) => data.slice());
    for (const { weight } of model.weights) weight.assign(new Float32Array(weight.data.length));
    await loadKerasWeights(at('cae.weights.h5'), model);
    expect(model.weights.map(({ data }) => data)).toEqual(weights);
  });

  it('are named where they are not read', async () => {
    await writeFile(at('text.keras'), 'no zip file');
    await expect(loadKerasModel(at('text.keras'))).rejects.toThrow(`${at('text.keras')}: It is no zip file`);
    const dense = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
    await expect(loadKerasWeights(at('cae.weights.h5'), dense)).rejects.toThrow(`${at('cae.weights.h5')}: The file of`);
    await expect(loadKerasModel(folder)).rejects.toThrow('it is not a file');
    await expect(loadKerasModel(at('missing.keras'))).rejects.toThrow('ENOENT');
  });
});

describe('the thread that reads HDF5', () => {
  const wanted = [{ path: 'layers/conv2d/vars/1', shape: [4] }];

  it('reads what is read in this one', async () => {
    const bytes = unpacked(cases.cae.weights);
    expect(await readHdf5Aside(bytes, wanted)).toEqual(readHdf5(bytes, wanted));
    expect(bytes).toEqual(unpacked(cases.cae.weights));
  });

  it('is ended when it takes too long', async () => {
    const bytes = unpacked(cases.cae.weights);
    await expect(readHdf5Aside(bytes, wanted, 0)).rejects.toThrow('damaged: reading it took too long');
  });
});
