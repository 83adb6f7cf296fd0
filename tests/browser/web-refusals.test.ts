import { expect, test } from 'vitest';
import { inChromium, openBrowser } from '../support/browser/chromium.js';
import { trainShortly } from '../support/browser/short-training.js';
import { openWeb, type Web, webFiles } from '../support/browser/web.js';

/** A tiny training: where it was done, and what came of it. */
async function train(
  { Dense, Sequential, WorkerPool, ...weft }: Web,
  options: { threads?: number; kernels?: 'wasm' | 'reference'; worker?: string; examples?: number } = {},
) {
  const { examples = 20, ...place } = options;
  try {
    const pool = await WorkerPool.create(place);
    const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], seed: 1 });
    const x = new Float32Array(examples);
    for (let at = 0; at < Math.min(20, examples); at++) x[at] = at / 20;
    const { history } = await weft.fit(model, { x, y: x }, { epochs: 2, batchSize: examples, pool });
    await pool.close();
    return { sharing: pool.sharing, loss: history.loss };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

const without = (...paths: string[]) =>
  Object.fromEntries(Object.entries(webFiles()).filter(([path]) => !paths.includes(path)));

inChromium('a page that lacks something', async () => {
  const browser = await openBrowser();

  test('says what its policy has to allow where it forbids WebAssembly', async () => {
    const { run, close } = await openWeb(browser, { isolated: true, policy: "script-src 'self'" });
    const { error } = await run(train, {});
    expect(error).toBe(
      "Weft: this page's Content Security Policy forbids WebAssembly. Allow it with `script-src 'self' 'wasm-unsafe-eval'`, or compute with { kernels: 'reference' }, which is a hundred times slower.",
    );
    expect(await run(train, { kernels: 'reference' })).toMatchObject({ sharing: 'shared' });
    await close();
  });

  test.each([true, false])(
    'trains with the policy that the page about browsers gives, isolated: %s',
    async (isolated) => {
      const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
      const { run, warnings, close } = await openWeb(browser, { isolated, policy });
      expect(await run(train, {})).toMatchObject({ sharing: isolated ? 'shared' : 'worker' });
      expect(warnings).toEqual([]);
      await close();
    },
  );

  test('trains on its own thread where its policy forbids workers, and says so once', async () => {
    const { run, warnings, close } = await openWeb(browser, { policy: "worker-src 'none'" });
    expect(await run(train, {})).toMatchObject({ sharing: 'page' });
    await run(train, {});
    expect(warnings).toEqual([
      "Weft: no worker starts: the page's content security policy refuses it (worker-src). Allow it with `worker-src 'self'`. " +
        "Until then the page's own thread computes, one step at a time, and the page is less responsive.",
    ]);
    await close();
  });

  test.each([
    ['is not there', without('/worker.js'), {}],
    ['is not at the address that was given', webFiles(), { worker: '/elsewhere.js' }],
    ['is a page', { ...webFiles(), '/elsewhere.html': '<!doctype html>' }, { worker: '/elsewhere.html' }],
  ])('trains on its own thread where the script of workers %s', async (_, files, options) => {
    const { run, warnings, close } = await openWeb(browser, { files, isolated: true });
    expect(await run(train, options)).toMatchObject({ sharing: 'page' });
    expect(warnings.join()).toMatch(
      /^Weft: no worker starts: its script is not there, .*Cross-Origin-Embedder-Policy.* or is no JavaScript\. .*WorkerPool\.create\(\{ worker: '\/worker\.js' \}\)/,
    );
    await close();
  });

  test('says what is wrong with a script of workers that fails', async () => {
    const files = { ...webFiles(), '/worker.js': "throw new Error('not today')" };
    const { run, warnings, close } = await openWeb(browser, { files });
    expect(await run(train, {})).toMatchObject({ sharing: 'page' });
    expect(warnings.join()).toContain('it failed while it was loaded (Uncaught Error: not today)');
    await close();
  });

  test('says which headers it needs where several threads are asked for', async () => {
    const { run, warnings, close } = await openWeb(browser);
    expect(await run(train, { threads: 3 })).toMatchObject({ sharing: 'worker' });
    expect(warnings).toEqual([
      'Weft: the page is not cross-origin isolated, so that one worker computes. For all cores, serve it with the headers ' +
        '`Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`.',
    ]);
    await close();
  });

  test('uses the reference kernels where the engine has no SIMD', async () => {
    const { run, warnings, close } = await openWeb(browser, {
      isolated: true,
      before: 'WebAssembly.validate = () => false',
    });
    const slow = await run(train, { threads: 2 });
    expect(slow).toMatchObject({ sharing: 'shared' });
    expect(warnings.join()).toContain('Weft: this engine has no WebAssembly SIMD. The reference kernels');
    await close();
    const { run: runFast, close: closeFast } = await openWeb(browser, { isolated: true });
    const fast = await runFast(train, { threads: 2 });
    expect(slow.loss?.[1]).toBeCloseTo(fast.loss?.[1] as number, 5);
    await closeFast();
  });
});

/** Makes shared memories with more addresses fail, as browsers of small devices do. */
const fewAddresses = (pages: number) => `
  const { Memory } = WebAssembly;
  WebAssembly.Memory = function (descriptor) {
    if (descriptor.shared && descriptor.maximum > ${pages}) throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    return new Memory(descriptor);
  };
`;

inChromium('a browser with little memory', async () => {
  const browser = await openBrowser();

  test('has a smaller memory, and says when it is full', async () => {
    const { run, close } = await openWeb(browser, { isolated: true, before: fewAddresses(4096) });
    expect(await run(train, {})).toMatchObject({ sharing: 'shared' });
    const { error } = await run(train, { examples: 70_000_000 });
    expect(error).toMatch(
      /^\d+ MiB of shared memory are needed, and one WebAssembly memory holds 256 MiB\. Use a smaller model, fewer examples/,
    );
    await close();
  });

  test.each([
    [
      'has no shared memory',
      "WebAssembly.Memory = function () { throw new TypeError('shared memory is not enabled') }",
      /^This browser has no shared WebAssembly memory.*Firefox from 79/,
    ],
    [
      'gives no addresses',
      fewAddresses(1),
      /^The browser gives no addresses for one more WebAssembly memory\. Close pools/,
    ],
  ])('says so where it %s', async (_, before, message) => {
    const { run, close } = await openWeb(browser, { isolated: true, before });
    expect((await run(train, {})).error).toMatch(message);
    await close();
  });

  test('says so where the worker has no room for its copy, and goes on with less', async () => {
    const refusing = `
      const { grow } = WebAssembly.Memory.prototype;
      WebAssembly.Memory.prototype.grow = function (pages) {
        if (pages > 100) throw new RangeError('no');
        return grow.call(this, pages);
      };
    `;
    const worker = `${refusing}${new TextDecoder().decode(webFiles()['/worker.js'] as Uint8Array)}`;
    const { run, close } = await openWeb(browser, { files: { ...webFiles(), '/worker.js': worker } });
    const results = await run(async ({ Dense, Sequential, WorkerPool, ...weft }) => {
      const pool = await WorkerPool.create();
      const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], seed: 1 });
      const said: string[] = [];
      for (const length of [20, 3_000_000, 20]) {
        const x = new Float32Array(length);
        await weft.fit(model, { x, y: x }, { epochs: 1, batchSize: Math.min(length, 1000), pool }).then(
          () => said.push('trained'),
          (error: Error) => said.push(error.message),
        );
      }
      await pool.close();
      return said;
    }, undefined);
    expect(results).toEqual([
      'trained',
      expect.stringMatching(
        /^A worker thread has failed: the browser does not give the worker \d+ MiB\. Use a smaller model/,
      ),
      'trained',
    ]);
    await close();
  });
});

inChromium('a page in a hidden tab', async () => {
  const browser = await openBrowser();
  const places = [
    ['shared', { isolated: true }],
    ['worker', {}],
    ['page', { files: without('/worker.js') }],
  ] as const;

  // Browsers slow the timers of hidden tabs down. If none ever fires, nothing can depend on them.
  test.each(places)('trains without timers: %s', async (_, options) => {
    const before = 'globalThis.setTimeout = globalThis.setInterval = () => 0';
    const slow = await openWeb(browser, { ...options, before });
    const usual = await openWeb(browser, options);
    const trained = await slow.run(trainShortly, { data: 'arrays' });
    expect(trained).toEqual(await usual.run(trainShortly, { data: 'arrays' }));
    expect(trained.batches).toBe(8);
    await slow.close();
    await usual.close();
  });

  test.each(places)('stops soon when it is told to: %s', async (_, options) => {
    const { run, close } = await openWeb(browser, options);
    const steps = 200_000;
    const stopped = await run(async ({ Dense, Sequential, ...weft }, count) => {
      const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], seed: 1 });
      const x = new Float32Array(count);
      const controller = new AbortController();
      const callbacks = [{ onBatchEnd: () => controller.abort() }];
      const { signal } = controller;
      return weft.fit(model, { x, y: x }, { epochs: 1, batchSize: 1, callbacks, signal, threads: 1 });
    }, steps);
    expect(stopped.aborted).toBe(true);
    expect(stopped.steps).toBeGreaterThan(0);
    expect(stopped.steps).toBeLessThan(steps);
    await close();
  });
});
