import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '@weft/data';
import { decodeSafetensors, encodeModel } from '@weft/formats';
import { decodeNpy, decodeNpz } from '@weft/formats/arrays';
import { type Autoencoder, buildAutoencoder } from '@weft/models';
import { predict, WorkerPool } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnPicture, writeTree } from './support/pictures.js';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let pool: WorkerPool;
const pictures = {
  'in/cats/a.png': drawnPicture(8, 8),
  'in/cats/b,"c".png': drawnPicture(8, 8, 1, { number: 1 }),
  'in/x.png': drawnPicture(8, 8, 1, { number: 2 }),
};
const size = { height: 8, width: 8, channels: 1, seed: 3 };
const vae = buildAutoencoder('vae', { ...size, latentSize: 4, filters: [4] });
const unet = buildAutoencoder('unet', { ...size, filters: [2, 2] });

beforeAll(async () => {
  folder = await temporaryFolder();
  const card = (model: string, more: object = {}) => ({ card: JSON.stringify({ model, dataset: 'drawn', ...more }) });
  await writeTree(folder.path, {
    'vae.safetensors': encodeModel(vae.model, card('vae')),
    'tiles.safetensors': encodeModel(vae.model, card('vae', { tile: 8, overlap: 2 })),
    'unet.safetensors': encodeModel(unet.model, card('unet')),
    ...pictures,
  });
  pool = await WorkerPool.create({ threads: 1 });
});
afterAll(async () => {
  await pool.close();
  await folder.remove();
});

const at = (...names: string[]) => join(folder.path, ...names);
const call = (...args: string[]) => weft([...args, '--threads', '1'], { cwd: folder.path });
const bytes = (name: string) => readFile(at(name));
const text = (name: string) => readFile(at(name), 'utf8');

/** What the encoder makes of pictures of its size. */
async function latentsOf({ encoder }: Autoencoder, list: readonly { readonly data: ArrayLike<number> }[]) {
  const data = Float32Array.from(list.flatMap((picture) => Array.from(picture.data, (value) => value / 255)));
  return predict(encoder, data, { pool });
}

describe('weft encode', () => {
  test('writes the same latents in each format, row by row', async () => {
    const expected = await latentsOf(vae, Object.values(pictures));
    for (const out of ['y.npz', 'z.npy', 'z.csv', 'z.safetensors']) {
      const { code, stdout } = await call('encode', 'vae.safetensors', 'in', out);
      expect(code).toBe(0);
      expect(stdout).toContain(`3 rows of 4 numbers [4]\nWritten: ${out}`);
    }
    const array = { dtype: 'float32', shape: [3, 4], data: expected };
    expect(decodeNpy(await bytes('z.npy'))).toEqual(array);
    expect(decodeNpz(await bytes('y.npz'))).toEqual(new Map([['latents', array]]));
    for (const name of ['y', 'z'])
      expect(await text(`${name}.rows.csv`)).toBe('path,label\ncats/a.png,cats\n"cats/b,""c"".png",cats\nx.png,\n');
    const lines = (await text('z.csv')).trimEnd().split('\n');
    expect(lines[0]).toBe('path,label,z0,z1,z2,z3');
    expect(lines[2]).toMatch(/^"cats\/b,""c"".png",cats,/);
    const numbers = lines.slice(1).flatMap((line) => line.split(',').slice(-4).map(Number));
    expect(Float32Array.from(numbers)).toEqual(expected);
    const { tensors, metadata } = decodeSafetensors(await bytes('z.safetensors'));
    expect(tensors.get('latents')).toMatchObject({ dtype: 'F32', shape: [3, 4], data: expected });
    expect(JSON.parse(metadata.paths)).toEqual(['cats/a.png', 'cats/b,"c".png', 'x.png']);
    expect(JSON.parse(metadata.labels)).toEqual(['cats', 'cats', '']);
  });

  test('writes a folder for the Embedding Projector, with a sprite of small pictures', async () => {
    const { code, stdout } = await call('encode', 'vae.safetensors', 'in', 'projector', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3, size: 4, latentShape: [4], bad: [] });
    const names = ['metadata.tsv', 'projector_config.json', 'projector_config.pbtxt', 'sprite.png', 'vectors.tsv'];
    expect((await readdir(at('projector'))).sort()).toEqual(names);
    expect(
      (await text('projector/vectors.tsv'))
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t').length),
    ).toEqual([4, 4, 4]);
    expect(await text('projector/metadata.tsv')).toBe('path\tlabel\ncats/a.png\tcats\ncats/b,"c".png\tcats\nx.png\t\n');
    const sprite = decodeImage(await bytes('projector/sprite.png'));
    expect(sprite).toMatchObject({ width: 128, height: 128, channels: 3 });
    const [{ sprite: described }] = JSON.parse(await text('projector/projector_config.json')).embeddings;
    expect(described).toEqual({ imagePath: 'sprite.png', singleImageDim: [64, 64] });
    // The corners of the second small picture, and of the fourth, which is not there.
    const { data } = pictures['in/cats/b,"c".png'];
    expect([sprite.data[64 * 3], sprite.data[127 * 3]]).toEqual([data[0], data[7]]);
    expect(sprite.data[(64 * 128 + 64) * 3]).toBe(0);
  });

  test('of tiles writes their mean, or a row for each', async () => {
    const picture = drawnPicture(14, 8, 1, { number: 7 });
    await writeTree(folder.path, { 'wide/a.png': picture });
    const part = (left: number) => ({
      data: Array.from({ length: 64 }, (_, i) => picture.data[Math.floor(i / 8) * 14 + left + (i % 8)]),
    });
    const expected = await latentsOf(vae, [part(0), part(6)]);
    await call('encode', 'tiles.safetensors', 'wide', 'each.csv', '--rows', 'tile');
    const [heading, ...lines] = (await text('each.csv')).trimEnd().split('\n');
    expect(heading).toBe('path,label,row,column,z0,z1,z2,z3');
    expect(lines.map((line) => line.split(',').slice(0, 4))).toEqual([
      ['a.png', '', '0', '0'],
      ['a.png', '', '0', '6'],
    ]);
    expect(Float32Array.from(lines.flatMap((line) => line.split(',').slice(4).map(Number)))).toEqual(expected);
    await call('encode', 'tiles.safetensors', 'wide', 'mean.csv');
    const mean = (await text('mean.csv')).trimEnd().split('\n')[1].split(',').slice(2).map(Number);
    for (const [i, value] of mean.entries()) expect(value).toBeCloseTo((expected[i] + expected[4 + i]) / 2, 6);
  });

  test('refuses another ending', async () => {
    const { code, stderr } = await call('encode', 'vae.safetensors', 'in', 'z.xlsx');
    expect(code).toBe(2);
    expect(stderr).toContain(
      "got 'z.xlsx', expected a name that ends in .npy, .npz, .csv or .safetensors, or a folder",
    );
  });
});

describe('weft sample', () => {
  test('makes the same images of the same seed, the first ones for any count, and a figure', async () => {
    expect((await call('sample', 'vae.safetensors', 'three', '--count', '3')).stdout).toBe(
      'Written: 3 images and samples.png in three\n',
    );
    await call('sample', 'vae.safetensors', 'twelve', '--count', '12');
    await call('sample', 'vae.safetensors', 'other', '--count', '3', '--seed', '7');
    const names = ['sample-1.png', 'sample-2.png', 'sample-3.png', 'samples.png', 'samples.svg'];
    expect((await readdir(at('three'))).sort()).toEqual(names);
    expect(decodeImage(await bytes('three/sample-1.png'))).toMatchObject({
      width: 8,
      height: 8,
      channels: 1,
      depth: 8,
    });
    for (const which of [1, 2, 3]) {
      expect(await bytes(`twelve/sample-0${which}.png`)).toEqual(await bytes(`three/sample-${which}.png`));
    }
    expect(await bytes('other/sample-1.png')).not.toEqual(await bytes('three/sample-1.png'));
    expect(await text('twelve/samples.svg')).toContain('Samples of the VAE');
  });

  test('refuses a model whose latents follow no distribution, and says why', async () => {
    const { code, stdout, stderr } = await call('sample', 'unet.safetensors', 'none');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('the latents of a U-Net follow no known distribution');
    expect(await readdir(folder.path)).not.toContain('none');
  });
});

describe('weft interpolate', () => {
  test('goes from the reconstruction of A to that of B', async () => {
    const args = ['vae.safetensors', 'in/cats/a.png', 'in/x.png', 'way', '--steps', '5'];
    expect((await call('interpolate', ...args)).stdout).toBe('Written: 5 images and interpolation.png in way\n');
    const steps = [1, 2, 3, 4, 5].map((step) => `step-${step}.png`);
    expect((await readdir(at('way'))).sort()).toEqual(['interpolation.png', 'interpolation.svg', ...steps]);
    await call('reconstruct', 'vae.safetensors', 'in', 'reconstructed');
    const pixels = async (name: string) => decodeImage(await bytes(name)).data;
    expect(await pixels('way/step-1.png')).toEqual(await pixels('reconstructed/cats/a.png'));
    expect(await pixels('way/step-5.png')).toEqual(await pixels('reconstructed/x.png'));
    expect(await text('way/interpolation.svg')).toContain('spherical between their latents');
  });

  test('refuses a model without a decoder, a folder, and pictures of several tiles', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await call('interpolate', ...args, 'never');
      return `${code} ${stderr}`;
    };
    expect(await refused('unet.safetensors', 'in/x.png', 'in/x.png')).toMatch(/^3 .*a U-Net has no decoder of its own/);
    expect(await refused('vae.safetensors', 'in', 'in/x.png')).toMatch(/^3 .*A: in is a folder, expected a picture/);
    await writeTree(folder.path, { 'wide/a.png': drawnPicture(14, 8, 1, { number: 7 }) });
    expect(await refused('tiles.safetensors', 'wide/a.png', 'in/x.png')).toMatch(/^3 .*is cut into 2 tiles/);
    expect(await readdir(folder.path)).not.toContain('never');
  });
});
