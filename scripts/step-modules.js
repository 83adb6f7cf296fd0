// The modules of WebAssembly that a training step of `weft train` consists of.
import { callIn } from './node-releases.js';

/** Images of a step. */
const BATCH = 256;

/** @param {string} path of a built module below packages */
export const built = (path) => import(String(new URL(`../packages/${path}`, import.meta.url)));

/** What `training` can make ready. */
export const MODEL_NAMES = ['cae', 'cdae'];

/**
 * What it takes to train a model for some steps: the arguments of `fit`.
 *
 * @param {{ model: string, fastMath: boolean, steps: number }} options
 */
export async function training({ model: name, fastMath, steps }) {
  const { AUTOENCODERS, buildAutoencoder } = await built('models/dist/index.js');
  const { corruption, parseNoise } = await built('data/dist/index.js');
  const { model } = buildAutoencoder(name, { seed: 1, height: 28, width: 28, channels: 1 });
  const pixels = Uint8Array.from({ length: steps * BATCH * 28 * 28 }, (_, index) => (index * 7919) % 256);
  const corrupt = AUTOENCODERS[name].denoises && {
    corrupt: corruption(parseNoise('gaussian:0.4'), { images: 'training' }),
  };
  return { model, data: { x: { data: pixels, scale: 1 / 255 } }, options: { batchSize: BATCH, fastMath, ...corrupt } };
}

/**
 * Compiles a step, and trains nothing.
 *
 * @param {{ model: string, fastMath: boolean }} options
 * @returns {Promise<{ id: string, bytes: Uint8Array }[]>} the largest first: that of a micro-batch
 */
async function stepModules({ model: name, fastMath }) {
  const pools = await built('pool/dist/index.js');
  const pool = await pools.WorkerPool.create({ threads: 1 });
  const modules = /** @type {{ id: string, bytes: Uint8Array }[]} */ ([]);
  const load = pool.load.bind(pool);
  pool.load = (/** @type {string} */ id, /** @type {{ bytes: Uint8Array }} */ compiled) => {
    // What the code is compared with is the same code once more.
    if (!id.endsWith(' reference')) modules.push({ id, bytes: compiled.bytes });
    return load(id, compiled);
  };
  const enough = new Error('All is compiled.');
  pool.runOnAll = () => Promise.reject(enough);
  const { model, data, options } = await training({ model: name, fastMath, steps: 1 });
  try {
    await pools.fit(model, data, { ...options, epochs: 1, pool });
  } catch (error) {
    if (error !== enough) throw error;
  } finally {
    await pool.close();
  }
  return modules.sort((a, b) => b.bytes.length - a.bytes.length);
}

/**
 * The same, as another Node compiles it for 256-bit registers.
 *
 * @param {import('./node-releases.d.ts').NodeRelease} node from 24 on
 * @param {{ model: string, fastMath: boolean }} options
 * @returns {{ id: string, bytes: Uint8Array }[]}
 * @throws Error with what that Node says if it fails
 */
export function wideStepModules(node, options) {
  const modules = callIn(node, '256', import.meta.url, 'encodedStepModules', options);
  return modules.map((/** @type {{ id: string, bytes: string }} */ { id, bytes }) => ({
    id,
    bytes: Buffer.from(bytes, 'base64'),
  }));
}

/** @param {{ model: string, fastMath: boolean }} options */
export async function encodedStepModules(options) {
  return (await stepModules(options)).map(({ id, bytes }) => ({ id, bytes: Buffer.from(bytes).toString('base64') }));
}
