import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { asChannels, corruption, decodeImage, type Picture, parseNoise } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { Activation, Sequential } from '@weft/nn';
import { mapExamples } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnPicture, identityModel, writeTree } from './support/pictures.js';
import { signalAt, temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTree(folder.path, {
    'grey.safetensors': identityModel([8, 8, 1], { tile: 8, overlap: 3 }),
    'rgb.safetensors': identityModel([8, 8, 3], { resize: 'bilinear' }),
    'run/cae.safetensors': identityModel([8, 8, 1], { tile: 8 }),
    'run/cdae.safetensors': identityModel([8, 8, 1], { tile: 8, noise: 'gaussian:0.4' }),
  });
});
afterAll(() => folder.remove());

const at = (...names: string[]) => join(folder.path, ...names);
const call = (...args: string[]) => weft(args, { cwd: folder.path });
const read = async (...names: string[]): Promise<Picture> => {
  const { format: _format, ...picture } = decodeImage(await readFile(at(...names)));
  return picture;
};
const tree = async (name: string) => (await readdir(at(name), { recursive: true })).sort();

describe('weft denoise', () => {
  test('gives back every picture of a folder through the identity: names, sizes, channels and bits', async () => {
    const pictures: Record<string, Picture> = {
      'in/a.png': drawnPicture(5, 3),
      'in/deep/er/b.png': drawnPicture(17, 9, 3),
      'in/deep/c..d.png': drawnPicture(8, 8, 4),
      'in/e f.png': drawnPicture(30, 1, 2, { depth: 16 }),
      'in/g.png': drawnPicture(9, 23, 3, { depth: 16 }),
      'in/G.jpg': drawnPicture(1, 1),
    };
    await writeTree(folder.path, { ...pictures, 'in/notes.txt': 'no picture', 'in/.hidden.png': 'passed over' });
    const { code, stderr, stdout } = await call('denoise', 'grey.safetensors', 'in', 'out', '--threads', '2');
    expect(stdout).toBe('Written: 6 pictures in out\n');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'grey.safetensors: the identity was not trained to take noise away.\nidentity: 6 pictures; the model takes images in tiles of 8 x 8 pixels, grey, of which neighbours share 3 pixels\n',
    });
    const made = ['G.jpg.png', 'a.png', 'deep', 'deep/c..d.png', 'deep/er', 'deep/er/b.png', 'e f.png', 'g.png.png'];
    expect(await tree('out')).toEqual(made.sort());
    for (const [name, picture] of Object.entries(pictures)) {
      const kept = { 'in/G.jpg': 'out/G.jpg.png', 'in/g.png': 'out/g.png.png' }[name];
      expect(await read(kept ?? name.replace('in/', 'out/')), name).toEqual(picture);
    }
  });

  test('does not take its own results for pictures, and replaces nothing unless it may', async () => {
    await writeTree(folder.path, { 'own/a.png': drawnPicture(9, 9), 'own/b.png': drawnPicture(10, 9) });
    const args = ['denoise', 'run', 'own', 'own/out', '--model', 'cdae', '--json', '--quiet'];
    const first = await call(...args);
    expect(JSON.parse(first.stdout)).toEqual({
      model: { path: 'run/cdae.safetensors', title: 'identity' },
      pictures: ['a.png', 'b.png'].map((path, which) => ({
        path,
        output: `own/out/${path}`,
        height: 9,
        width: 9 + which,
        channels: 1,
        depth: 8,
      })),
      bad: [],
    });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const again = await call(...args);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toBe(
      'weft: OUT: own/out/a.png and 1 more of the results would replace what is there. Choose another OUT, or give --overwrite.\n',
    );
    expect(await call(...args, '--overwrite')).toMatchObject({ code: 0, stderr: '' });
    expect(await tree('own')).toEqual(['a.png', 'b.png', 'out', 'out/a.png', 'out/b.png']);
    const onto = await call('denoise', 'run', 'own', 'own', '--model', 'cdae', '--overwrite');
    expect(onto.stderr).toContain('own/a.png is one of the files that are read');
    expect(onto.code).toBe(2);
  });

  test('compares with clean pictures, whose endings may differ', async () => {
    const [noisy, clean] = [drawnPicture(20, 20), drawnPicture(20, 20, 1, { number: 1 })];
    await writeTree(folder.path, { 'noisy/x/a.png': noisy, 'noisy/b.png': noisy });
    await writeTree(folder.path, { 'clean/x/a.tif.png': clean, 'clean/x/a.png': clean, 'clean/b.jpg': noisy });
    const args = ['denoise', 'grey.safetensors', 'noisy', 'compared', '--clean', 'clean'];
    const { code, stdout } = await call(...args, '--json');
    const { pictures, mean } = JSON.parse(stdout);
    expect(code).toBe(0);
    const mse = Array.from(noisy.data).reduce((sum, value, i) => sum + ((value - clean.data[i]) / 255) ** 2, 0) / 400;
    expect(pictures[1].path).toBe('x/a.png');
    expect(pictures[1].before.mse).toBeCloseTo(mse, 6);
    expect(pictures[1].before.psnr).toBeCloseTo(-10 * Math.log10(mse), 4);
    expect(pictures[1].after).toEqual(pictures[1].before);
    expect(pictures[0].before).toEqual({ mse: 0, psnr: 'Infinity', ssim: 1 });
    expect(mean.before.mse).toBeCloseTo(mse / 2, 6);
    const shown = await call(...args, '--overwrite');
    expect(shown.stdout).toMatch(/MSE before +after +PSNR before +after +SSIM before +after\nb\.png +0\.000/);
    expect(shown.stdout).toContain('mean of 2');
    const missing = await call('denoise', 'grey.safetensors', 'noisy', 'missing', '--clean', 'in');
    expect(missing.stderr).toContain('has no clean picture of b.png, and none of 1 more');
    expect(missing.code).toBe(3);
    expect(await readdir(folder.path)).not.toContain('missing');
  });

  test('one picture into a file, or into a folder that is there', async () => {
    const picture = drawnPicture(12, 5, 3);
    await writeTree(folder.path, { 'one.png': picture });
    await mkdir(at('there'));
    for (const [out, made] of [
      ['two.png', 'two.png'],
      ['there', 'there/one.png'],
      ['new/', 'new/one.png'],
    ]) {
      expect((await call('denoise', 'grey.safetensors', 'one.png', out)).stdout).toBe(`Written: ${made}\n`);
      expect(await read(made)).toEqual(picture);
    }
    const named = await call('denoise', 'grey.safetensors', 'one.png', 'two.jpg');
    expect(named).toMatchObject({ code: 2 });
    expect(named.stderr).toContain("got 'two.jpg', expected a name that ends in .png, or a folder");
    const itself = await call('denoise', 'grey.safetensors', 'one.png', 'one.png', '--overwrite');
    expect(itself.stderr).toContain('is one of the files that are read');
  });
});

describe('weft denoise --add-noise', () => {
  test('adds the same noise as evaluations do, compares with the clean pictures, and keeps noisy ones', async () => {
    const clean = drawnPicture(8, 8);
    const alpha = drawnPicture(8, 8, 4, { depth: 16 });
    await writeTree(folder.path, { 'try/a.png': clean, 'try/b.png': clean, 'try/c.png': alpha });
    const args = ['--add-noise', 'gaussian:0.3', '--seed', '7', '--json', '--keep-noisy'];
    const { code, stdout } = await call('denoise', 'grey.safetensors', 'try', 'tried', ...args);
    expect(code).toBe(0);
    expect(await tree('tried')).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name}.noisy.png`, `${name}.png`]));
    const examples = { data: Uint8Array.of(...clean.data, ...clean.data), scale: 1 / 255 };
    const corrupt = corruption(parseNoise('gaussian:0.3'), { images: 'test' });
    const noisy = await mapExamples(corrupt, examples, [8, 8, 1], { threads: 1, seed: 7 });
    for (const [which, name] of ['a', 'b'].entries()) {
      const expected = noisy.subarray(which * 64, (which + 1) * 64).map((value) => Math.round(value * 255));
      expect([...(await read('tried', `${name}.noisy.png`)).data]).toEqual([...expected]);
      expect(await read('tried', `${name}.png`)).toEqual(await read('tried', `${name}.noisy.png`));
    }
    const made = await read('tried/c.png');
    const alphas = (picture: Picture) => Array.from(picture.data).filter((_, i) => i % 4 === 3);
    expect(alphas(made)).toEqual(alphas(alpha));
    expect(made.data).not.toEqual(alpha.data);
    const { noise, seed, pictures } = JSON.parse(stdout);
    expect({ noise, seed }).toEqual({ noise: 'gaussian:0.3', seed: 7 });
    const error = (name: 'a' | 'b') => pictures[name === 'a' ? 0 : 1].before.mse;
    expect(error('a')).toBeGreaterThan(0.01);
    expect(error('b')).not.toBe(error('a'));
  });

  test.each([
    [['--add-noise', 'gauss:0.3'], "--add-noise: got 'gauss:0.3'"],
    [['--add-noise', 'gaussian:0.3', '--clean', 'in'], 'the pictures are clean themselves'],
    [['--keep-noisy'], '--keep-noisy: there is no noise to be added'],
  ])('refuses %s', async (args, message) => {
    const { code, stderr } = await call('denoise', 'grey.safetensors', 'in', 'never', ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('weft reconstruct', () => {
  test("gives the model's channels and the picture's size", async () => {
    const [grey, colours] = [drawnPicture(16, 24), drawnPicture(10, 10, 4, { depth: 16 })];
    await writeTree(folder.path, { 'mixed/grey.png': grey, 'mixed/rgba.png': colours });
    expect(await call('reconstruct', 'rgb.safetensors', 'mixed', 'rgb')).toMatchObject({ code: 0 });
    expect(await read('rgb/grey.png')).toMatchObject({ width: 16, height: 24, channels: 3, depth: 8 });
    expect(await read('rgb/rgba.png')).toMatchObject({ width: 10, height: 10, channels: 3, depth: 16 });
    expect(await call('reconstruct', 'rgb.safetensors', 'mixed', 'own-size', '--output-size', 'model')).toMatchObject({
      code: 0,
    });
    expect(await read('own-size/grey.png')).toMatchObject({ width: 8, height: 8, channels: 3 });
    expect(await call('reconstruct', 'grey.safetensors', 'mixed', 'luma')).toMatchObject({ code: 0 });
    expect(await read('luma/rgba.png')).toEqual(asChannels(colours, 1));
  });
});

describe('pictures that cannot be used', () => {
  const bad = {
    'bad/a.png': drawnPicture(9, 9),
    'bad/b.jpg': 'no picture at all',
    'bad/c.png': '',
    'bad/d.tif': Uint8Array.of(0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0, 0, 0),
    'bad/e.png': drawnPicture(4, 4),
  };

  test('are named, counted and left out with --on-bad-image skip; the exit code is 3', async () => {
    await writeTree(folder.path, bad);
    await symlink(at('one.png'), at('bad/out.png'));
    const { code, stdout, stderr } = await call('denoise', 'grey.safetensors', 'bad', 'good', '--on-bad-image', 'skip');
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'Written: 2 pictures in good\n' });
    const lines = stderr.trimEnd().split('\n');
    for (const name of ['b.jpg', 'c.png', 'd.tif', 'out.png']) {
      expect(lines.filter((line) => line.startsWith(`${name}: `) && line.endsWith('.'))).toHaveLength(1);
    }
    expect(lines.at(-1)).toBe('weft: 4 of 6 pictures were left out.');
    expect(await tree('good')).toEqual(['a.png', 'e.png']);
  });

  test('end the command otherwise; what was written stays', async () => {
    await writeTree(folder.path, { 'stop/a.png': drawnPicture(9, 9), 'stop/b.png': 'damaged' });
    const { code, stdout, stderr } = await call('denoise', 'grey.safetensors', 'stop', 'stopped');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/weft: b\.png: .*\. --on-bad-image skip leaves such pictures out\.\n$/);
    expect(stderr).not.toContain('at ');
  });

  test('of a size that does not fit say what to do', async () => {
    await writeTree(folder.path, { 'exact.safetensors': identityModel([8, 8, 1]), 'odd.png': drawnPicture(9, 8) });
    const { code, stderr } = await call('denoise', 'exact.safetensors', 'odd.png', 'fitted.png');
    expect(code).toBe(3);
    expect(stderr).toContain('Give --prepare resize to resize it, or --prepare tile to cut it into tiles.');
    expect(await call('denoise', 'exact.safetensors', 'odd.png', 'fitted.png', '--prepare', 'tile')).toMatchObject({
      code: 0,
    });
    expect(await read('fitted.png')).toEqual(drawnPicture(9, 8));
  });
});

describe('wrong calls say what was got, what was expected and what to do, and write nothing', () => {
  const flat = new Sequential([new Activation({ activation: 'relu' })], { inputShape: [16], name: 'flat' });
  test.each([
    [
      'too few arguments',
      ['grey.safetensors', 'in'],
      2,
      "expected 3 arguments besides options, got 'grey.safetensors' 'in'",
    ],
    ['several models', ['run', 'in', 'never'], 2, 'run holds several models: cae, cdae. Choose one with --model'],
    [
      'a model that is not there',
      ['run', 'in', 'never', '--model', 'vae'],
      2,
      "--model: got 'vae', but run holds cae, cdae",
    ],
    ['no model', ['nowhere', 'in', 'never'], 3, 'nowhere cannot be read'],
    [
      'no pictures',
      ['grey.safetensors', 'run', 'never'],
      3,
      'run holds no pictures: expected files whose names end in .png',
    ],
    ['nothing to read', ['grey.safetensors', 'nothing', 'never'], 3, 'nothing cannot be read'],
    [
      'an overlap that is too large',
      ['grey.safetensors', 'in', 'never', '--overlap', '8'],
      2,
      'expected less than the 8 pixels',
    ],
    ['a model of something else', ['flat.safetensors', 'in', 'never'], 3, 'expected images [height, width, channels]'],
  ])('%s', async (_, args, expected, message) => {
    await writeTree(folder.path, { 'flat.safetensors': encodeModel(flat) });
    const { code, stdout, stderr } = await call('denoise', ...args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(await readdir(folder.path)).not.toContain('never');
  });
});

test('Ctrl-C leaves whole files alone', async () => {
  const many = Array.from({ length: 60 }, (_, number) => [`many/${number}.png`, drawnPicture(300, 300, 3, { number })]);
  await writeTree(folder.path, Object.fromEntries(many));
  const { code, stderr } = await weft(['denoise', 'grey.safetensors', 'many', 'some'], {
    cwd: folder.path,
    onStderr: signalAt('60 pictures;', 'SIGINT'),
  });
  expect(code).toBe(130);
  expect(stderr).toContain('Interrupted');
  const made = (await readdir(folder.path)).includes('some') ? await tree('some') : [];
  expect(made.length).toBeLessThan(60);
  for (const name of made) expect(await read('some', name)).toEqual(await read('many', name));
});
