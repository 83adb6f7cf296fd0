import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild, stop } from 'esbuild-wasm';
import * as vite from 'vite';
import webpack from 'webpack';

/** A page that trains a convolutional network, and says in its title what came of it. */
export const PROGRAM = `
import {
  Adam, Conv2D, Dense, fit, Flatten, MaxPooling2D, Sequential, sparseCategoricalCrossentropy, weightsSha256, WorkerPool,
} from '@weft/web';

const layers = [
  new Conv2D({ filters: 8, kernelSize: 3, activation: 'relu' }),
  new MaxPooling2D(),
  new Flatten(),
  new Dense({ units: 3, activation: 'softmax' }),
];
const model = new Sequential(layers, { inputShape: [8, 8, 1], seed: 3 });
const x = Float32Array.from({ length: 100 * 64 }, (_, at) => (at % 101) / 101);
const y = Int32Array.from({ length: 100 }, (_, at) => at % 3);
const pool = await WorkerPool.create({ threads: 2 });
await fit(model, { x, y }, { epochs: 2, optimizer: new Adam(), loss: sparseCategoricalCrossentropy, pool });
document.title = pool.sharing + ' ' + pool.threads + ' ' + weightsSha256(model);
`;

const page = (script: string) =>
  '<!doctype html><html lang="en"><title>Training</title><link rel="icon" href="data:,">' +
  `<script type="module" src="${script}"></script>`;

/** Writes the page into a folder where the packages are installed. */
export function writeProject(folder: string): void {
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'index.html'), page('/src/main.js'));
  writeFileSync(join(folder, 'src/main.js'), PROGRAM);
}

/** Bundles the project as its users would, each into a folder that is served as it is. */
export const bundlers: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  async Vite(root) {
    const outDir = join(root, 'vite');
    await vite.build({ root, configFile: false, logLevel: 'warn', build: { outDir, target: 'esnext' } });
    return outDir;
  },

  async esbuild(root) {
    const outdir = join(root, 'esbuild');
    const entryPoints = [join(root, 'src/main.js')];
    await esbuild({ entryPoints, outdir, bundle: true, format: 'esm', minify: true, logLevel: 'error' });
    await stop();
    // esbuild does not see workers: their file lies beside the bundle.
    copyFileSync(join(root, 'node_modules/@weft/web/dist/worker.js'), join(outdir, 'worker.js'));
    writeFileSync(join(outdir, 'index.html'), page('./main.js'));
    return outdir;
  },

  async webpack(root) {
    const path = join(root, 'webpack');
    const compiler = webpack({
      mode: 'production',
      context: root,
      entry: './src/main.js',
      output: { path },
      performance: { hints: false },
    });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
      compiler?.run((error, done) => (error ? reject(error) : resolve(done))),
    );
    if (stats?.hasErrors()) throw new Error(stats.toString());
    writeFileSync(join(path, 'index.html'), page('./main.js'));
    return path;
  },
};

/** Vite's server for development, which bundles packages beforehand. */
export async function serveWithVite(root: string): Promise<vite.ViteDevServer> {
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const server = { host: '127.0.0.1', port: 0, headers, watch: null, hmr: false };
  const cacheDir = join(root, 'vite-cache');
  return (await vite.createServer({ root, configFile: false, logLevel: 'error', cacheDir, server })).listen();
}

/** Bytes of scripts in a folder, compressed as servers do it. */
export function compressedScripts(folder: string): Record<string, number> {
  const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
  const isFile = (path: string) => statSync(join(folder, path)).isFile();
  return Object.fromEntries(
    scripts.filter(isFile).map((path) => [path, gzipSync(readFileSync(join(folder, path)), { level: 9 }).length]),
  );
}
