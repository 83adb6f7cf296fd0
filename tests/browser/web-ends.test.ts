import { expect, test } from 'vitest';
import { inChromium, openBrowser } from '../support/browser/chromium.js';
import { openWeb, type Web, webFiles } from '../support/browser/web.js';

/** What two trainings after each other say, on one pool. */
async function trainTwice({ Dense, Sequential, WorkerPool, ...weft }: Web): Promise<string[]> {
  const pool = await WorkerPool.create({ threads: 1, worker: '/broken-worker.js' });
  const said: string[] = [pool.sharing];
  for (let round = 0; round < 2; round++) {
    const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], seed: 1 });
    const x = new Float32Array(20);
    await weft.fit(model, { x, y: x }, { epochs: 1, pool }).then(
      () => said.push('trained'),
      (error: Error) => said.push(error.message),
    );
  }
  await pool.close();
  return said;
}

/** A worker in which something runs before its own script. */
const withBroken = (before: string) => ({
  ...webFiles(),
  '/broken-worker.js': `${before}\n${new TextDecoder().decode(webFiles()['/worker.js'] as Uint8Array)}`,
});

inChromium('a worker that ends', async () => {
  const browser = await openBrowser();

  test('rejects what is under way, also where the pool is closed while memory is copied', async () => {
    const { run, close } = await openWeb(browser);
    const said = await run(async ({ Dense, Sequential, WorkerPool, ...weft }) => {
      const pool = await WorkerPool.create();
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (this: Worker, ...message: Parameters<Worker['postMessage']>) {
        postMessage.apply(this, message);
        if (message[0].kind === 'write') void pool.close();
      } as Worker['postMessage'];
      const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], seed: 1 });
      // More than is copied in one piece.
      const x = new Float32Array(3_000_000);
      return weft.fit(model, { x, y: x }, { epochs: 1, batchSize: 1000, pool }).then(
        () => 'trained',
        (error: Error) => error.message,
      );
    }, undefined);
    expect(said).toBe('The pool was closed while work was under way.');
    await close();
  });

  test.each([true, false])('is not waited for by what comes later, isolated: %s', async (isolated) => {
    const files = withBroken(`addEventListener('message', (event) => {
      if (event.data.kind !== 'task' && event.data.kind !== 'steps') return;
      event.stopImmediatePropagation();
      close();
      throw new Error('gone');
    });`);
    const { run, close } = await openWeb(browser, { files, isolated });
    const message = expect.stringMatching(
      /A worker of the pool has ended \(Uncaught Error: gone\)\. Make another pool\./,
    );
    expect(await run(trainTwice, undefined)).toEqual([isolated ? 'shared' : 'worker', message, message]);
    await close();
  });

  test('says each time that it has no memory', async () => {
    const files = withBroken(
      `WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };`,
    );
    const { run, close } = await openWeb(browser, { files });
    const message = expect.stringContaining('A worker thread has failed');
    expect(await run(trainTwice, undefined)).toEqual(['worker', message, message]);
    await close();
  });
});
