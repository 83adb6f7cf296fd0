import { beforeAll, expect, test } from 'vitest';
import * as pool from '../../packages/pool/src/index.js';
import { inChromium, openBrowser } from '../support/browser/chromium.js';
import { type Trained, trainShortly } from '../support/browser/short-training.js';
import { openWeb, type Weft, webFiles } from '../support/browser/web.js';

const KINDS = ['arrays', 'stream', 'records'] as const;

inChromium('a training in a page', async () => {
  const browser = await openBrowser();
  const expected = new Map<string, Trained>();
  beforeAll(async () => {
    for (const data of KINDS) expected.set(data, await trainShortly(pool as unknown as Weft, { data, threads: 2 }));
    expect(new Set([...expected.values()].map(({ sha256 }) => sha256)).size).toBe(KINDS.length);
  });

  const withoutWorkers = webFiles();
  delete withoutWorkers['/worker.js'];
  const places = [
    ['shared', 1, { isolated: true }],
    ['shared', 2, { isolated: true }],
    ['shared', 4, { isolated: true }],
    ['worker', 1, { isolated: false }],
    ['page', 1, { isolated: false, files: withoutWorkers }],
  ] as const;

  test.each(places)('has the bits of Node: %s memory, %i threads', async (sharing, threads, options) => {
    const { run, close } = await openWeb(browser, options);
    const place = await run(async ({ WorkerPool }, wanted) => {
      const opened = await WorkerPool.create({ threads: wanted });
      await opened.close();
      return [opened.sharing, opened.threads];
    }, threads);
    expect(place).toEqual([sharing, threads]);
    for (const data of KINDS) {
      expect(await run(trainShortly, { data, threads }), data).toEqual(expected.get(data));
    }
    await close();
  });

  test('has as many threads as the machine where nothing is said', async () => {
    const { run, close } = await openWeb(browser, { isolated: true });
    const [threads, machine] = await run(async ({ WorkerPool }) => {
      const opened = await WorkerPool.create();
      await opened.close();
      return [opened.threads, navigator.hardwareConcurrency];
    }, undefined);
    expect(threads).toBe(machine);
    await close();
  });
});
