// Trains and predicts again and again in one process, and looks whether anything is left behind:
// node scripts/soak.js [CALLS] [STEPS], as `pnpm soak` does.
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { commandLine, wholeNumber } from './command-line.js';

const { positionals } = commandLine({
  name: 'pnpm soak',
  arguments: ['CALLS', 'STEPS'],
  about: 'Trains in many CALLS of fit (default 300), and one of many STEPS (5000), and looks whether anything is left.',
});
const calls = wholeNumber('CALLS', positionals[0] ?? '300', 1);
const steps = wholeNumber('STEPS', positionals[1] ?? '5000', 1);

/** What was built, as it is installed: the compiler knows the sources only. */
const built = (/** @type {string} */ name) =>
  import(String(new URL(`../packages/${name}/dist/index.js`, import.meta.url)));
const { Conv2D, Dense, Flatten, fit: train, predict, Sequential, WorkerPool } = await built('pool');

setFlagsFromString('--expose-gc');
const collectGarbage = /** @type {() => void} */ (runInNewContext('gc'));

const x = { data: Uint8Array.from({ length: 64 * 36 }, (_, index) => (index * 7919) % 256), scale: 1 / 255 };
const network = () =>
  new Sequential(
    [
      new Conv2D({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new Flatten(),
      new Dense({ units: 36, activation: 'sigmoid' }),
    ],
    { inputShape: [6, 6, 1] },
  );

/** @typedef {Readonly<Record<string, number>>} Counters */

/**
 * What must not grow, at some moment.
 *
 * @returns {Promise<Counters>}
 */
async function counters(/** @type {{ memory: { memory: WebAssembly.Memory } }} */ { memory }) {
  // Handles close, and what hangs on them is let go, in turns of the event loop.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 50));
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    'pages of shared memory': memory.memory.buffer.byteLength / 65536,
    'compiled modules': Number(queryObjects(WebAssembly.Module, { format: 'count' })),
    'WebAssembly memories': Number(queryObjects(WebAssembly.Memory, { format: 'count' })),
    workers: Number(queryObjects(Worker, { format: 'count' })),
    'handles and requests': process.getActiveResourcesInfo().length,
    'bytes of array buffers': arrayBuffers,
    'bytes of heap': heapUsed,
  };
}

/** Bytes by which the heap may differ between two looks: code that is compiled late, and caches that are not ours. */
const HEAP_SLACK = 2 ** 21;
const BUFFER_SLACK = 2 ** 17;
/** Looks until something is said to have grown: what a slow machine lets go of late goes in the end, a leak never. */
const MOST_LOOKS = 200;

/**
 * @param {Counters} now
 * @param {Counters} start
 * @param {Counters} middle
 * @returns {string[]} names of what has grown. The engine goes on compiling what it finds to be run often: its heap is
 *   compared with the middle, all else with the start
 */
function grownSince(now, start, middle) {
  const limit = (/** @type {string} */ name) =>
    name === 'bytes of heap'
      ? middle[name] + HEAP_SLACK
      : start[name] + (name === 'bytes of array buffers' ? BUFFER_SLACK : 0);
  return Object.keys(start).filter((name) => now[name] > limit(name));
}

/** Looks again and again, until nothing has grown. */
async function settled(/** @type {Counters} */ start, /** @type {Counters | undefined} */ middle = undefined) {
  let now = await counters(pool);
  for (let look = 1; look < MOST_LOOKS && grownSince(now, start, middle ?? now).length > 0; look++) {
    now = await counters(pool);
  }
  return now;
}

const pool = await WorkerPool.create({ threads: 2 });
/** One more training, now and then in a pool of its own, and a prediction. */
async function again(/** @type {number} */ call) {
  const model = network();
  const own = call % 25 === 0;
  await train(
    model,
    { x, y: x },
    { epochs: 2, batchSize: 16, validationSplit: 0.25, ...(own ? { threads: 2 } : { pool }) },
  );
  await predict(model, x, { pool });
}

/** A training of many steps, in batches of another size. */
const long = (/** @type {number} */ epochs) => train(network(), { x, y: x }, { epochs, batchSize: 8, pool });

// The first calls find nothing compiled and nothing reserved. The programs of the last ones are remembered.
for (let call = 0; call < 30; call++) await again(call);
await long(1);
const start = await counters(pool);
for (let call = 0; call < calls / 2; call++) await again(call);
await long(Math.ceil(steps / 8));
const middle = await settled(start);
for (let call = 0; call < calls / 2; call++) await again(call);
await long(Math.ceil(steps / 8));
const end = await settled(start, middle);
await pool.close();

const looks = { start, middle, end };
console.table(looks);
const grown = grownSince(end, start, middle);
if (grown.length > 0) {
  const before = (/** @type {string} */ name) => looks[name === 'bytes of heap' ? 'middle' : 'start'][name];
  console.error(`What grew: ${grown.map((name) => `${name} from ${before(name)} to ${end[name]}`).join(', ')}.`);
  process.exitCode = 1;
} else console.log(`${calls} calls of fit and ${2 * steps} further steps left nothing behind.`);
