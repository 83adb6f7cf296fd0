import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RandomStream } from '@weft/core';
import { afterEach, beforeEach } from 'vitest';
import { encodePng, openPictures, type PictureFolder, type PictureOptions } from '../../src/index.js';

/** Folders for each test of a file, and what it opens in them. */
export function preparePictures() {
  const opened: PictureFolder[] = [];
  const folders = { root: '', pictures: '', cache: '' };
  beforeEach(async () => {
    folders.root = await mkdtemp(join(tmpdir(), 'weft-pictures-'));
    folders.pictures = join(folders.root, 'pictures');
    folders.cache = join(folders.root, 'cache');
    await mkdir(folders.pictures);
  });
  afterEach(async () => {
    for (const folder of opened.splice(0)) folder.close();
    await rm(folders.root, { recursive: true, force: true });
  });
  return {
    folders,
    /** Writes a file into the folder of pictures. */
    async put(path: string, content: Uint8Array | string) {
      const place = join(folders.pictures, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, content);
      return place;
    },
    /** Opens the folder of pictures, or a file in it. */
    async open(options: PictureOptions = {}, path = '') {
      const folder = await openPictures(join(folders.pictures, path), { cache: folders.cache, threads: 2, ...options });
      opened.push(folder);
      return folder;
    },
  };
}

/** Bytes of a picture that its seed decides. */
export function pixels(seed: number, length: number): Uint8Array {
  const random = new RandomStream(seed, 0);
  return Uint8Array.from({ length }, () => random.integer(256));
}

/** A PNG of such bytes. */
export function png(seed: number, height = 6, width = 5, channels: 1 | 2 | 3 | 4 = 1): Uint8Array {
  return encodePng({ height, width, channels, depth: 8, data: pixels(seed, height * width * channels) });
}

/** A `.npy` file. */
export function npy(
  shape: readonly number[],
  values: Uint8Array | Uint16Array | Float32Array | Int32Array,
): Uint8Array {
  const descr = { Uint8Array: '|u1', Uint16Array: '<u2', Float32Array: '<f4', Int32Array: '<i4' }[
    values.constructor.name
  ];
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const begin = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([begin, Buffer.from(header), Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}
