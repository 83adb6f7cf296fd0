import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type Job, PictureWorkers } from '../src/folders/picture-workers.js';

interface Item {
  readonly source: { readonly place: string; readonly bytes: number };
}

const worker = fileURLToPath(new URL('support/odd-worker.mjs', import.meta.url));
const item = (place: string): Item => ({ source: { place, bytes: 0 } });
const job = (places: readonly string[], isLarge = false): Job<Item> => ({
  items: places.map(item),
  pixels: 0,
  isLarge,
});

async function results(jobs: readonly Job<Item>[]): Promise<Map<string, string>> {
  const workers = new PictureWorkers({ threads: 2, worker, milliseconds: 5000 });
  const found = new Map<string, string>();
  try {
    await workers.doAll(
      jobs,
      (sources) => ({ kind: 'look', sources }),
      ({ source }, result) => {
        found.set(source.place, 'reason' in result ? result.reason : 'is there');
      },
    );
  } finally {
    await workers.close();
  }
  return found;
}

it('a worker that hangs is stopped, and only its file has failed', async () => {
  const found = await results([job(['a', 'hangs', 'b']), job(['c', 'd']), job(['e'], true), job(['f'], true)]);
  expect(Object.fromEntries(found)).toEqual({
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((place) => [place, 'is there'])),
    hangs: 'Decoding took more than 5 seconds and was stopped.',
  });
});

it('a worker that ends is replaced, and only its file has failed', async () => {
  const found = await results([job(['a', 'ends']), job(['b'])]);
  expect(found.get('ends')).toMatch(/^Decoding has ended its worker thread: .*/);
  expect([found.get('a'), found.get('b')]).toEqual(['is there', 'is there']);
});
