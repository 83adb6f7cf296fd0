import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { CHROMIUM_OPTIONS, findChromium } from '../../../../scripts/find-chromium.js';
import type { Engine } from '../engine.js';
import type { Job } from '../job.js';
import { PEERS_FOLDER } from '../peers.js';
import { serve } from '../serve.js';
import type { PageCalls, PageEngine } from './page.js';

/** Nothing listens here: the browser is given all files directly. Pages of this host may share memory. */
const ORIGIN = 'http://localhost';

const HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

const resolve = createRequire(import.meta.url).resolve;

/** An engine in a page of a browser of its own: the first argument says which. */
await serve(async (job) => {
  const name = process.argv[2] as PageEngine;
  const page = await openPage(job);
  const version = await page.evaluate(([name, job]) => callsOf().start(name, job), [name, job] as const);
  const engine: Engine = {
    version,
    forward: async () => Float32Array.from(await page.evaluate(() => callsOf().forward())),
    losses: (count) => page.evaluate((count) => callsOf().losses(count), count),
    time: (task, milliseconds) =>
      page.evaluate(([task, milliseconds]) => callsOf().time(task, milliseconds), [task, milliseconds] as const),
    // That of this process says nothing of the browser's.
    memory: async () => 0,
  };
  return engine;
});

/** Stands for the page's own calls in functions that are evaluated there. */
declare function callsOf(): PageCalls;

async function openPage(job: Job): Promise<Page> {
  const script = await pageScript();
  const browser = await chromium.launch({ executablePath: findChromium()!, args: CHROMIUM_OPTIONS });
  const page = await browser.newPage();
  const files: Readonly<Record<string, () => string | Promise<Uint8Array>>> = {
    '/': () =>
      '<!doctype html><html lang="en"><title>A benchmark</title><script type="module" src="/page.js"></script>',
    '/page.js': () => `${script}\nglobalThis.callsOf = () => globalThis.calls;`,
    '/worker.js': () => readFile(resolve('@weft/web/worker.js')),
    '/job.f32': () => readFile(job.file),
    '/tfjs-model.js': () => readFile(join(PEERS_FOLDER, 'tfjs-model.js')),
    '/tf.min.js': () => readFile(peerFile('@tensorflow/tfjs/dist/tf.min.js')),
  };
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const content =
      files[pathname] ?? (() => readFile(peerFile(`@tensorflow/tfjs-backend-wasm/dist/${basename(pathname)}`)));
    await route.fulfill({ headers: HEADERS, contentType: typeOf(pathname), body: Buffer.from(await content()) });
  });
  await page.goto(ORIGIN, { waitUntil: 'load' });
  await page.waitForFunction(() => typeof callsOf === 'function');
  return page;
}

function peerFile(path: string): string {
  return join(PEERS_FOLDER, 'node_modules', path);
}

function typeOf(path: string): string {
  if (path === '/') return 'text/html; charset=utf-8';
  return path.endsWith('.js')
    ? 'text/javascript'
    : path.endsWith('.wasm')
      ? 'application/wasm'
      : 'application/octet-stream';
}

/** The page's code in one file, as a bundler makes it for a user. */
async function pageScript(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('page.js', import.meta.url)),
    platform: 'browser',
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  return output[0].code;
}
