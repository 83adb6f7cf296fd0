import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { add, mul, random } from '../packages/core/src/index.js';
import { encodePng, openPictures } from '../packages/data/src/index.js';
import { npy, pixels } from '../packages/data/test/support/picture-folder.js';
import { Conv2D, Sequential } from '../packages/nn/src/index.js';
import { type Corruption, type Examples, fit as train, weightsSha256 } from '../packages/pool/src/index.js';

const [COUNT, HEIGHT, WIDTH, CHANNELS] = [37, 6, 5, 3] as const;
const SIZE = HEIGHT * WIDTH * CHANNELS;
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'weft-pictures-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const noise: Corruption = (x, { seed, exampleKeys: keys }) =>
  add(x, mul(random('normal', x.shape, { seed, stream: 9, keys }), 0.2));

async function trained(x: Examples['x'], threads: number, folder?: string) {
  const layers = [new Conv2D({ filters: CHANNELS, kernelSize: 3, padding: 'same', activation: 'sigmoid' })];
  const model = new Sequential(layers, { inputShape: [HEIGHT, WIDTH, CHANNELS], seed: 3 });
  const checkpoints = folder === undefined ? {} : { checkpoints: { directory: folder }, resumeFrom: folder };
  const options = { epochs: 2, batchSize: 8, validationSplit: 0.2, corrupt: noise, threads, ...checkpoints };
  const { history } = await train(model, { x }, options);
  return { sha256: weightsSha256(model), history };
}

it('a folder trains with the bits of the same data from a .npy file and from an array, and resumes from the other', async () => {
  const data = pixels(1, COUNT * SIZE);
  const folder = join(root, 'pictures');
  await mkdir(folder);
  for (let at = 0; at < COUNT; at++) {
    const picture = {
      height: HEIGHT,
      width: WIDTH,
      channels: CHANNELS,
      depth: 8,
      data: data.slice(at * SIZE, (at + 1) * SIZE),
    } as const;
    await writeFile(join(folder, `${String(at).padStart(2, '0')}.png`), encodePng(picture));
  }
  await writeFile(join(root, 'same.npy'), npy([COUNT, HEIGHT, WIDTH, CHANNELS], data));
  const options = { cache: join(root, 'cache'), testSplit: 0 };
  const ofPictures = await openPictures(folder, options);
  const ofNpy = await openPictures(join(root, 'same.npy'), options);
  try {
    const wanted = await trained({ data, scale: 1 / 255 }, 1);
    expect(await trained(ofPictures.train, 2)).toEqual(wanted);
    expect(await trained(ofNpy.train, 1, join(root, 'checkpoints'))).toEqual(wanted);
    expect(await trained(ofPictures.train, 1, join(root, 'checkpoints'))).toEqual(wanted);
  } finally {
    ofPictures.close();
    ofNpy.close();
  }
});
