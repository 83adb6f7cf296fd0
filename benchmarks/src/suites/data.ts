import { gzipSync } from 'node:zlib';
import { add, clip, div, mul, placeholder, random, takeRows } from '@weft/core';
import { readIdx, syntheticGarments, writeIdx } from '@weft/data';
import { type Case, type Measurement, measureInTurn } from '../measure.js';
import { runnable } from '../programs.js';

const BATCH = 256;
const ROWS = 10_000;

/** What a batch of 256 images costs before the first layer, on one core, and what a file of 10,000 costs to read. */
export function measureData(): Promise<Measurement[]> {
  const shape = [ROWS, 28, 28, 1];
  const bytes = placeholder({ shape, dtype: 'uint8' }, 'bytes');
  const floats = placeholder({ shape, dtype: 'float32' }, 'floats');
  const index = placeholder({ shape: [BATCH], dtype: 'uint32' }, 'index');
  const keys = placeholder({ shape: [BATCH, 2], dtype: 'uint32' }, 'keys');
  const images = div(takeRows(bytes, index), 255);
  const noise = mul(random('normal', images.shape, { seed: 42, keys }), 0.4);
  const batch = { work: BATCH, unit: 'images/s' };
  const { images: drawn, count, height, width } = syntheticGarments({ trainCount: ROWS, testCount: 1 }).train;
  const file = writeIdx({ type: 'uint8', shape: [count, height, width], data: drawn });
  const compressed = gzipSync(file);
  const megabytes = { work: file.length / 1e6, unit: 'MB/s' };
  const cases: Case[] = [
    {
      name: '256 rows of float32 gathered',
      prepare: () => runnable([takeRows(floats, index)], [floats, index]),
      ...batch,
    },
    { name: '256 rows of uint8 gathered to float32', prepare: () => runnable([images], [bytes, index]), ...batch },
    {
      name: '256 rows of uint8 gathered, noise added, clipped',
      prepare: () => runnable([clip(add(images, noise), 0, 1)], [bytes, index, keys]),
      ...batch,
    },
    { name: 'IDX of 10,000 images parsed', prepare: () => ({ run: () => void readIdx(file) }), ...megabytes },
    {
      name: 'IDX of 10,000 images inflated, parsed',
      prepare: () => ({ run: () => void readIdx(compressed) }),
      ...megabytes,
    },
    {
      name: 'synthetic garments, 1,000',
      prepare: () => ({ run: () => void syntheticGarments({ trainCount: 1000, testCount: 10 }) }),
      work: 1010,
      unit: 'images/s',
    },
  ];
  return measureInTurn('data', cases, 400);
}
