import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage, type Picture } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { AveragePooling2D, Sequential, UpSampling2D } from '@weft/nn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnPicture, identityModel, writeTree } from './support/pictures.js';
import { temporaryFolder, weft } from './support/weft.js';

const SIDE = 16;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

/** A grey picture with a soft slope, which blurring hardly changes. */
function plain(number: number): Picture {
  const value = (_: unknown, i: number) => 60 + number + (i % SIDE) + Math.floor(i / SIDE);
  return { width: SIDE, height: SIDE, channels: 1, depth: 8, data: Uint8Array.from({ length: SIDE * SIDE }, value) };
}

/** The picture with a white spot of one pixel, and the mask of the spot. */
function spotted(number: number): { readonly picture: Picture; readonly mask: Picture; readonly spot: number } {
  const spot = (3 + 2 * number) * SIDE + 11 - number;
  const picture = plain(number);
  picture.data[spot] = 255;
  const mask = { ...picture, data: new Uint8Array(SIDE * SIDE) };
  mask.data[spot] = 255;
  return { picture, mask, spot };
}

/** Bytes of a model that gives back means of 2 x 2 pixels. */
function blurringModel(card: object = {}): Uint8Array {
  const layers = [new AveragePooling2D({ poolSize: 2 }), new UpSampling2D({ size: 2 })];
  const model = new Sequential(layers, { inputShape: [SIDE, SIDE, 1], name: 'blurring' });
  return encodeModel(model, { card: JSON.stringify(card) });
}

const score = { name: 'mse', threshold: 0.001, quantile: 0.99 };

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTree(folder.path, {
    'identity.safetensors': identityModel([8, 8, 1], { tile: 8, overlap: 3, score }),
    'blur.safetensors': blurringModel({ score }),
    'bare.safetensors': blurringModel(),
  });
  for (const number of [0, 1, 2]) {
    const { picture, mask } = spotted(number);
    await writeTree(folder.path, {
      [`set/train/good/${number}.png`]: plain(number),
      [`set/test/good/${number}.png`]: plain(10 + number),
      [`set/test/spot/${number}.png`]: picture,
      [`set/ground_truth/spot/${number}_mask.png`]: mask,
    });
  }
});
afterAll(() => folder.remove());

const at = (...names: string[]) => join(folder.path, ...names);
const call = (...args: string[]) => weft(['score', ...args, '--threads', '1'], { cwd: folder.path });

describe('weft score', () => {
  test('the identity scores 0 everywhere, in tiles and out of them, and heat maps have the sizes of the pictures', async () => {
    const pictures = { 'any/a.png': drawnPicture(21, 13), 'any/deep/b.png': drawnPicture(5, 30, 3, { depth: 16 }) };
    await writeTree(folder.path, pictures);
    for (const name of ['mse', 'top']) {
      const { code, stdout } = await call('identity.safetensors', 'any', '--out', name, '--json', '--score', name);
      expect(code).toBe(0);
      const record = JSON.parse(stdout);
      expect(record.pictures.map(({ path, score }: { path: string; score: number }) => [path, score])).toEqual([
        ['a.png', 0],
        ['deep/b.png', 0],
      ]);
      expect(record).toMatchObject({ measures: null, pixels: null, bad: [] });
      expect(JSON.parse(await readFile(at(name, 'scores.json'), 'utf8'))).toEqual(record);
    }
    for (const [name, { width, height }] of Object.entries(pictures)) {
      const heat = decodeImage(await readFile(at('mse', name.replace('any/', 'heatmaps/'))));
      expect(heat).toMatchObject({ width, height, channels: 3 });
      expect(new Set(heat.data.filter((_, i) => i % 3 === 0)).size).toBe(1);
    }
    const csv = await readFile(at('mse', 'scores.csv'), 'utf8');
    expect(csv).toBe('path,class,anomalous,score,found\na.png,,,0,0\ndeep/b.png,,,0,0\n');
  });

  test('a model that blurs finds spots, and where they are', async () => {
    const { code, stdout, stderr } = await call('blur.safetensors', 'set', '--out', 'found', '--smoothing', '0');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'blurring: 6 pictures; the model takes images of 16 x 16 pixels, grey\n',
    });
    expect(stdout).toContain('3 of 6 pictures reach the threshold');
    const { measures, pixels, threshold, pictures } = JSON.parse(await readFile(at('found', 'scores.json'), 'utf8'));
    expect(threshold).toEqual({ value: 0.001, from: 'model', quantile: 0.99 });
    expect(measures).toMatchObject({ normal: 3, anomalous: 3, auroc: { estimate: 1 }, averagePrecision: 1 });
    expect(measures.atThreshold).toMatchObject({ precision: 1, recall: 1, f1: 1 });
    expect(measures.classes).toEqual([{ name: 'spot', pictures: 3, auroc: 1, averagePrecision: 1, found: 3 }]);
    expect(pixels).toMatchObject({ pictures: 6, auroc: 1, perRegionOverlap: 1, stride: 1 });
    for (const number of [0, 1, 2]) {
      const { picture, spot } = spotted(number);
      // A block's errors are its distances from the mean.
      const block = [0, 1, SIDE, SIDE + 1].map((step) => {
        const corner = Math.floor(spot / SIDE / 2) * 2 * SIDE + Math.floor((spot % SIDE) / 2) * 2;
        return picture.data[corner + step] / 255;
      });
      const mean = block.reduce((sum, value) => sum + value) / 4;
      const ofSpot = block.reduce((sum, value) => sum + (value - mean) ** 2, 0) / SIDE ** 2;
      const found = pictures.find(({ path }: { path: string }) => path === `test/spot/${number}.png`);
      expect(found).toMatchObject({ class: 'spot', anomalous: true, found: true });
      expect(Math.abs(found.score - ofSpot)).toBeLessThan(1e-5);
      const { data } = decodeImage(await readFile(at('found', 'heatmaps', 'test', 'spot', `${number}.png`)));
      const brightness = Array.from({ length: SIDE * SIDE }, (_, i) => data[3 * i] + data[3 * i + 1] + data[3 * i + 2]);
      expect(brightness.indexOf(Math.max(...brightness))).toBe(spot);
    }
    const html = await readFile(at('found', 'report.html'), 'utf8');
    for (const figure of ['scores-histogram', 'roc', 'precision-recall', 'confusion', 'heat-maps-shown']) {
      expect(html).toContain(`id="figure-${figure}"`);
    }
  });

  test('the score of the largest errors is larger, and needs a threshold of its own', async () => {
    const { code, stderr, stdout } = await call('blur.safetensors', 'set', '--score', 'top', '--json', '--out', 'top1');
    expect(code).toBe(0);
    expect(stderr).toContain('blur.safetensors has no threshold for this score');
    const record = JSON.parse(stdout);
    expect(record).toMatchObject({ score: 'top', threshold: null, measures: { auroc: { estimate: 1 } } });
    const mse = JSON.parse((await call('blur.safetensors', 'set', '--json', '--out', 'mse1')).stdout);
    for (const [i, { score }] of record.pictures.entries()) expect(score).toBeGreaterThan(mse.pictures[i].score);
  });

  test('normal pictures decide the threshold', async () => {
    const normal = ['--normal', 'set/train/good', '--quantile', '0.5', '--json'];
    const { stdout, stderr } = await call('bare.safetensors', 'set/test', '--out', 'by-normal', ...normal);
    const record = JSON.parse(stdout);
    expect(stderr).not.toContain('guess');
    const few = await call('bare.safetensors', 'set/test', '--out', 'few', '--normal', 'set/train/good');
    expect(few.code).toBe(0);
    expect(few.stderr).toContain('the 0.99 quantile of 3 pictures is hardly more than a guess');
    expect(few.stderr).toContain('Give at least 100 normal pictures');
    const own = JSON.parse(
      (await call('bare.safetensors', 'set/train', '--json', '--threshold', '0', '--out', 'own')).stdout,
    );
    const scores = own.pictures.map(({ score }: { score: number }) => score).sort();
    expect(record.threshold).toEqual({ value: scores[1], from: 'normal', quantile: 0.5, pictures: 3 });
    expect(record.pixels).toBeNull();
    expect(record.measures).toMatchObject({ normal: 3, anomalous: 3 });
    expect(own.measures).toBeNull();
  });

  test('damaged pictures and masks that do not fit are named, counted and left out', async () => {
    const { picture } = spotted(0);
    await writeTree(folder.path, {
      'hurt/train/good/0.png': picture,
      'hurt/test/good/0.png': plain(0),
      'hurt/test/good/1.png': 'no picture',
      'hurt/test/spot/0.png': picture,
      'hurt/ground_truth/spot/0_mask.png': drawnPicture(3, 3),
    });
    const skipped = await call('blur.safetensors', 'hurt', '--on-bad-image', 'skip', '--out', 'left', '--json');
    expect(skipped.code).toBe(3);
    expect(skipped.stderr).toContain('weft: 2 of 3 pictures were left out.');
    const { pictures, bad } = JSON.parse(skipped.stdout);
    expect(pictures.map(({ path }: { path: string }) => path)).toEqual(['test/good/0.png']);
    expect(bad.map(({ path }: { path: string }) => path)).toEqual(['test/good/1.png', 'test/spot/0.png']);
    expect(bad[1].reason).toBe('It has 16 x 16 pixels (height x width), but its mask 3 x 3.');
    const stopped = await call('blur.safetensors', 'hurt', '--out', 'stopped');
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain('test/good/1.png');
  });

  test('wrong usage and folders that do not fit get one sentence, and nothing is written', async () => {
    await mkdir(at('empty'), { recursive: true });
    await mkdir(at('taken'), { recursive: true });
    await writeFile(at('taken', 'scores.csv'), 'mine');
    await writeTree(folder.path, { 'masks/test/a.png': plain(0), 'masks/ground_truth/a.png': plain(0) });
    const cases: [string[], number, string][] = [
      [['blur.safetensors'], 2, 'expected 2 arguments besides options'],
      [['blur.safetensors', 'set', '--threshold', '1', '--normal', 'set'], 2, 'Leave one of them out'],
      [['blur.safetensors', 'set', '--quantile', '0.5'], 2, 'Give --normal too'],
      [['blur.safetensors', 'set', '--score', 'ssim'], 2, 'mse or top'],
      [['blur.safetensors', 'set', '--normal', 'set'], 3, 'holds other pictures besides normal ones'],
      [['blur.safetensors', 'empty'], 3, 'holds no pictures'],
      [['blur.safetensors', 'masks'], 3, 'has a folder ground_truth, but none called train'],
      [['blur.safetensors', 'missing'], 3, 'missing cannot be read'],
      [['none.safetensors', 'set'], 3, 'none.safetensors cannot be read'],
      [['blur.safetensors', 'set', '--out', 'taken'], 2, 'would replace what is there'],
    ];
    for (const [args, code, message] of cases) {
      const got = await call(...args, ...(args.includes('--out') ? [] : ['--out', 'nowhere']));
      expect(got, args.join(' ')).toMatchObject({ code, stdout: '' });
      expect(got.stderr).toContain(message);
      expect(got.stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(await readdir(folder.path)).not.toContain('nowhere');
    expect(await readdir(at('taken'))).toEqual(['scores.csv']);
  });
});
