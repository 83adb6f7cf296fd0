import { expect, test } from 'vitest';
import { inChromium, openBrowser } from '../support/browser/chromium.js';
import { openWeb, webFiles } from '../support/browser/web.js';

inChromium('the thread of a page', async () => {
  const browser = await openBrowser();

  test('does other things while a model is traced and compiled', async () => {
    const { run, close } = await openWeb(browser, { isolated: true });
    const turns = await run(async ({ Adam, BatchNormalization, Conv2D, Dense, Flatten, Sequential, ...weft }) => {
      const { port1, port2 } = new MessageChannel();
      let count = 0;
      port1.onmessage = () => {
        count++;
        port2.postMessage(undefined);
      };
      // Modules are compiled by the browser when the passes have made all of them.
      const { compile } = WebAssembly;
      let before: number | undefined;
      WebAssembly.compile = (bytes) => {
        before ??= count;
        return compile(bytes);
      };
      const layers = [new Conv2D({ filters: 8, kernelSize: 3 }), new BatchNormalization(), new Flatten()];
      const model = new Sequential([...layers, new Dense({ units: 1 })], { inputShape: [8, 8, 1] });
      const pool = await weft.WorkerPool.create({ threads: 1 });
      const data = { x: new Float32Array(100 * 64), y: new Float32Array(100) };
      port2.postMessage(undefined);
      count = 0;
      await weft.fit(model, data, { epochs: 1, optimizer: new Adam(), validationSplit: 0.2, pool });
      port1.close();
      await pool.close();
      return before;
    }, undefined);
    // A program for each phase, for first and other micro-batches, for each size of batch, and for the optimiser.
    expect(turns).toBeGreaterThan(8);
    await close();
  });

  test('does other things between steps where it has to do them itself', async () => {
    const files = webFiles();
    delete files['/worker.js'];
    const { run, close } = await openWeb(browser, { files });
    const { sharing, turns } = await run(async ({ Dense, Sequential, ...weft }) => {
      const { port1, port2 } = new MessageChannel();
      let count = 0;
      port1.onmessage = () => {
        count++;
        port2.postMessage(undefined);
      };
      const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
      const pool = await weft.WorkerPool.create();
      let begun = 0;
      const onEpochBegin = () => {
        begun = count;
      };
      port2.postMessage(undefined);
      const x = new Float32Array(100_000);
      await weft.fit(model, { x, y: x }, { epochs: 1, batchSize: 1, callbacks: [{ onEpochBegin }], pool });
      port1.close();
      await pool.close();
      return { sharing: pool.sharing, turns: count - begun };
    }, undefined);
    expect(sharing).toBe('page');
    expect(turns).toBeGreaterThan(8);
    await close();
  });
});
