import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { openPage } from '../../chromium.js';
import type { Engine } from '../engine.js';
import type { Job } from '../job.js';
import { PEERS_FOLDER } from '../peers.js';
import { serve } from '../serve.js';
import type { PageCalls, PageEngine } from './page.js';

const resolve = createRequire(import.meta.url).resolve;

/** An engine in a page of a browser of its own: the first argument says which. */
await serve(async (job) => {
  const name = process.argv[2] as PageEngine;
  const page = await pageOf(job);
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

async function pageOf(job: Job): Promise<Page> {
  const script = `${await pageScript()}\nglobalThis.callsOf = () => globalThis.calls;`;
  const html =
    '<!doctype html><html lang="en"><title>A benchmark</title><script type="module" src="/page.js"></script>';
  const files: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
    '/index.html': () => Buffer.from(html),
    '/page.js': () => Buffer.from(script),
    '/worker.js': () => readFile(resolve('@weft/web/worker.js')),
    '/job.f32': () => readFile(job.file),
    '/tfjs-model.js': () => readFile(join(PEERS_FOLDER, 'tfjs-model.js')),
    '/tf.min.js': () => readFile(peerFile('@tensorflow/tfjs/dist/tf.min.js')),
  };
  const page = await openPage('/', (path) =>
    (files[path] ?? (() => readFile(peerFile(`@tensorflow/tfjs-backend-wasm/dist/${basename(path)}`))))(),
  );
  await page.waitForFunction(() => typeof callsOf === 'function');
  return page;
}

function peerFile(path: string): string {
  return join(PEERS_FOLDER, 'node_modules', path);
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
