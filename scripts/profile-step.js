// Says where the time of a training step goes, function by function, on one thread:
// node scripts/profile-step.js [--model cae] [--fast-math] [--simd 256] [--node PATH] [--seconds 5]
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { commandLine, wrongUsage } from './command-line.js';
import { callIn, FIRST_WIDE, wideNode } from './node-releases.js';
import { packedFunctions } from './packed-functions.js';
import { built, MODEL_NAMES, training, wideStepModules } from './step-modules.js';

/** Steps of an epoch. */
const STEPS = 8;
/** V8 compiles what is hot in the meantime. */
const WARM_SECONDS = 3;
/** Between two samples, in microseconds. */
const INTERVAL = 100;
/** Functions with less of the time are added up. */
const LEAST_SHARE = 0.002;

/**
 * Trains on the main thread, where the profiler sees the kernels.
 *
 * @param {{ model: string, fastMath: boolean, seconds: number }} options
 * @returns {Promise<{ samples: Record<string, number>, steps: number }>} microseconds by function
 */
export async function profileStep({ model: name, fastMath, seconds }) {
  const { fit: train, WorkerPool } = await built('pool/dist/index.js');
  const { CONTROL, runTask } = await built('train/dist/runtime.js');
  const pool = await WorkerPool.create({ threads: 1 });
  pool.runOnAll = async (/** @type {{ isReported: boolean, firstStep: number }} */ work) => {
    pool.control.fill(0);
    if (work.isReported) pool.control[CONTROL.steps] = work.firstStep;
    runTask({ work, memory: pool.memory.memory, control: pool.controlAddress, worker: 0, workers: 1 }, () => {});
  };
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  const began = performance.now();
  let [started, steps] = [0, 0];
  const profiler = {
    /** @param {number} _epoch @param {unknown} _logs @param {{ stopTraining: boolean }} control */
    async onEpochEnd(_epoch, _logs, control) {
      const now = performance.now();
      if (started > 0) steps += STEPS;
      else if (now - began > 1000 * WARM_SECONDS) {
        await session.post('Profiler.start');
        started = now;
      }
      control.stopTraining = started > 0 && now - started > 1000 * seconds;
    },
  };
  const { model, data, options } = await training({ model: name, fastMath, steps: STEPS });
  await train(model, data, { ...options, epochs: Number.MAX_SAFE_INTEGER, pool, callbacks: [profiler] });
  const { profile } = await session.post('Profiler.stop');
  await pool.close();
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName || '(anonymous)']));
  const samples = /** @type {Record<string, number>} */ ({});
  for (const [at, id] of (profile.samples ?? []).entries()) {
    const which = names.get(id) ?? '';
    samples[which] = (samples[which] ?? 0) + (profile.timeDeltas?.[at] ?? 0);
  }
  // Neither waiting nor the profiler's own start is a part of a step.
  for (const name of ['(idle)', 'post']) delete samples[name];
  return { samples, steps };
}

/**
 * @param {import('./node-releases.d.ts').NodeRelease} node
 * @param {{ model: string, fastMath: boolean, seconds: number, simd: import('./node-releases.d.ts').Simd }} options
 */
function report(node, options) {
  const isWide = options.simd === '256';
  const { samples, steps } = /** @type {Awaited<ReturnType<typeof profileStep>>} */ (
    callIn(node, options.simd, import.meta.url, 'profileStep', options)
  );
  const functions = new Map(
    isWide
      ? wideStepModules(node, options)
          .reverse()
          .flatMap(({ bytes }) => [...packedFunctions(node.path, bytes)])
      : [],
  );
  const total = Object.values(samples).reduce((sum, time) => sum + time, 0);
  const numerics = options.fastMath ? 'relaxed' : 'exact';
  console.log(`${options.model}, ${numerics}, ${options.simd} bits, Node ${node.version}, one thread, ${steps} steps`);
  console.log(`${(total / 1000 / steps).toFixed(1)} ms a step`);
  let [packed, rest] = [0, 0];
  for (const [name, time] of Object.entries(samples).sort(([, a], [, b]) => b - a)) {
    const found = functions.get(name);
    const share = time / total;
    if (found?.packed) packed += share;
    if (share < LEAST_SHARE) rest += share;
    else console.log(`${percent(share)}  ${name.padEnd(58)} ${found ? (found.packed ? 'packed' : 'not packed') : ''}`);
  }
  console.log(`${percent(rest)}  all others`);
  if (isWide) console.log(`${percent(packed)}  in functions that are packed`);
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)} %`.padStart(7);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = commandLine({
    name: 'scripts/profile-step.js',
    about: 'Says where the time of a training step goes, function by function, on one thread.',
    options: {
      model: { value: 'NAME', default: 'cae', help: `${MODEL_NAMES.join(' or ')}.` },
      'fast-math': { help: 'Relaxed numerics instead of exact ones.' },
      simd: { value: 'BITS', default: '256', help: '256 or 128.' },
      node: { value: 'PATH', help: `A Node; default WEFT_NODE_24, this one, or npm's ${FIRST_WIDE}.` },
      seconds: { value: 'X', default: '5', help: 'How long to look.' },
    },
  });
  const { model } = values;
  const simd = /** @type {import('./node-releases.d.ts').Simd} */ (values.simd);
  const seconds = Number(values.seconds);
  if (!MODEL_NAMES.includes(model)) wrongUsage(`--model: got '${model}', expected ${MODEL_NAMES.join(' or ')}.`);
  if (!['128', '256'].includes(simd)) wrongUsage(`--simd: got '${simd}', expected 256 or 128.`);
  if (!(seconds > 0)) wrongUsage(`--seconds: got '${values.seconds}', expected a number above 0.`);
  const node = wideNode(values.node);
  if ('missing' in node) wrongUsage(`There is no Node to look at: ${node.missing}.`);
  else if (simd === '256' && node.major < FIRST_WIDE) wrongUsage(`Node ${node.version} has 128 bits: add --simd 128.`);
  else report(node, { model, simd, seconds, fastMath: values['fast-math'] });
}
