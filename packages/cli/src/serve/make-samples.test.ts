import { join } from 'node:path';
import { decodeImage, type Picture, syntheticGarments } from '@weft/data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnPicture, identityModel, writeTree } from '../../test/support/pictures.js';
import { temporaryFolder } from '../../test/support/weft.js';
import { makeSamples } from './make-samples.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const samples = (shape: readonly number[], card: object, dataPath?: string) =>
  makeSamples({ bytes: identityModel(shape, card), name: 'a.safetensors', dataPath });

describe('samples', () => {
  test('are the first test images side by side, and what the model makes of them', async () => {
    const { count, height, width, original, noisy, made, epochs } = await samples([28, 28, 1], {
      dataset: 'synthetic',
      epochs: 7,
    });
    expect({ count, height, width, epochs, noisy }).toEqual({
      count: 10,
      height: 28,
      width: 28,
      epochs: 7,
      noisy: undefined,
    });
    const { test: images } = syntheticGarments({ trainCount: 1, testCount: 10 });
    const row = decodeImage(original) as Picture;
    expect([row.width, row.height, row.channels]).toEqual([280, 28, 1]);
    for (let image = 0; image < 10; image++) {
      for (let y = 0; y < 28; y++) {
        const from = (image * 28 + y) * 28;
        expect(row.data.slice(y * 280 + image * 28, y * 280 + image * 28 + 28)).toEqual(
          images.images.slice(from, from + 28),
        );
      }
    }
    expect(Buffer.from(made)).toEqual(Buffer.from(original));
  });

  test('are noisy for a model that takes noise away, always in the same way', async () => {
    const card = { dataset: 'synthetic', noise: 'gaussian:0.4', seed: 3 };
    const [first, again] = [await samples([28, 28, 1], card), await samples([28, 28, 1], card)];
    // This model takes none away.
    expect(Buffer.from(first.made)).toEqual(Buffer.from(first.noisy as Uint8Array));
    expect(Buffer.from(first.made)).not.toEqual(Buffer.from(first.original));
    expect(again).toEqual(first);
  });

  test("are one's own pictures where the run uses them, of its test folder if there is one, from all of its parts", async () => {
    const data = join(folder.path, 'own');
    const picture = (number: number, side = 6) => drawnPicture(side, side, 3, { number });
    const all = Array.from({ length: 30 }, (_, number) => [
      `test/${String(number).padStart(2, '0')}.png`,
      picture(number),
    ]);
    await writeTree(data, { ...Object.fromEntries(all), 'train/a/x.png': picture(99) });
    const { count, original } = await samples([6, 6, 3], { dataset: 'own' }, data);
    expect(count).toBe(10);
    const row = decodeImage(original) as Picture;
    for (let image = 0; image < 10; image++) {
      const first = row.data.slice(image * 18, image * 18 + 18);
      expect(first).toEqual((picture(3 * image).data as Uint8Array).slice(0, 18));
    }
    const resized = await samples([3, 3, 1], { dataset: 'own', resize: 'bilinear' }, data);
    expect(resized).toMatchObject({ count: 10, height: 3, width: 3 });
    await expect(samples([3, 3, 1], { dataset: 'own' }, data)).rejects.toThrow('The picture has 6 x 6 pixels');
  });

  test.each([
    [
      'another size',
      [8, 8, 1],
      { dataset: 'synthetic' },
      undefined,
      'takes images of 8 x 8 x 1, but those of synthetic have 28 x 28 x 1',
    ],
    ['unknown data', [8, 8, 1], { dataset: 'theirs' }, undefined, 'Where the pictures of theirs are is not known'],
    ['no data', [8, 8, 1], {}, undefined, 'Where the pictures of unknown data are is not known'],
    ['another machine', [8, 8, 1], {}, '\\\\evil.example\\share', 'may lie on another machine'],
    ['another machine, by slashes', [8, 8, 1], {}, '//evil.example/share', 'may lie on another machine'],
    ['no pictures', [8], { dataset: 'synthetic' }, undefined, 'expected images [height, width, channels]'],
  ])('of %s are refused in a sentence', async (_, shape, card, dataPath, message) => {
    await expect(samples(shape, card, dataPath)).rejects.toThrow(message);
  });
});
