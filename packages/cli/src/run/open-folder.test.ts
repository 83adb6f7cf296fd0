import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { encodePng } from '@weft/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Terminal } from '../terminal/terminal.js';
import { openFolder } from './open-folder.js';
import { imagesBetween } from './run-data.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-open-folder-'));
const data = join(folder, 'pictures');
const COUNT = 30;

beforeAll(() => {
  process.env.WEFT_CACHE_DIR = join(folder, 'cache');
  // Each picture has a level of grey of its own.
  for (const set of ['train', 'test']) {
    for (const [which, name] of ['first', 'second'].entries()) {
      mkdirSync(join(data, set, name), { recursive: true });
      for (let number = 0; number < COUNT; number++) {
        const bytes = new Uint8Array(8 * 12).fill(which * 100 + number);
        const picture = encodePng({ height: 8, width: 12, channels: 1, depth: 8, data: bytes });
        writeFileSync(join(data, set, name, `${number}.png`), picture);
      }
    }
  }
});
afterAll(() => {
  delete process.env.WEFT_CACHE_DIR;
  rmSync(folder, { recursive: true, force: true });
});

/** The level of grey of each training image, in their order. */
async function levels(tile?: number): Promise<number[]> {
  const terminal = new Terminal(true, new PassThrough() as never, new PassThrough() as never);
  const { train, close } = await openFolder({ data, tile, threads: 1 }, terminal);
  try {
    const { images, labels } = await imagesBetween(train, 0, train.count);
    const size = train.height * train.width;
    const found = Array.from({ length: train.count }, (_, at) => images[at * size]);
    expect([...labels]).toEqual(found.map((level) => (level < 100 ? 0 : 1)));
    return found;
  } finally {
    close();
  }
}

test('images are in an order that mixes the classes, has each once, and is the same each time', async () => {
  const order = await levels();
  expect(new Set(order).size).toBe(2 * COUNT);
  // The last fifth, which validates, has both classes.
  expect(new Set(order.slice(-12).map((level) => level < 100))).toEqual(new Set([true, false]));
  expect(await levels()).toEqual(order);
});

test('the tiles of a picture stay together', async () => {
  const order = await levels(8);
  expect(order).toHaveLength(2 * COUNT * 2);
  for (let at = 0; at < order.length; at += 2) expect(order[at + 1]).toBe(order[at]);
});
