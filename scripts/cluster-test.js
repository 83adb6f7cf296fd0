// Trainings on a cluster of real processes in which something fails at random moments; they must end with the bits of one
// process: node scripts/cluster-test.js [RUNS] [SEED]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FAULTS, isComputing } from './cluster-faults.js';
import { hasServer, LocalCluster, weft } from './cluster-processes.js';
import { commandLine, wholeNumber, wrongUsage } from './command-line.js';
import { bitsOf, draw } from './kill-test.js';

/** A run with many steps and checkpoints. */
const SMALL = ['--dataset', 'synthetic', '--limit', '600', '--test-limit', '12', '--batch-size', '64'];
const RUN = ['train', ...SMALL, '--model', 'cae', '--checkpoint-every', '3steps', '--quiet'];

const WORKERS = ['worker-1', 'worker-2', 'worker-3'];

/** Milliseconds after which a training that has not ended hangs, and a worker that was told to end. */
const LIMIT = 300_000;
const END = 60_000;

/**
 * @typedef {object} Outcome
 * @property {readonly string[]} done what has failed, in words
 * @property {number} missed faults for which the training was over too early
 * @property {number} seconds in all
 * @property {number} trained seconds of training, if nothing fails
 * @property {string} fault what is not as it should be; empty if all is
 * @property {string} logs of all processes, if something is not
 *
 * @typedef {object} Plan
 * @property {readonly (typeof FAULTS)[number][]} faults
 * @property {readonly string[]} args of the training
 * @property {number} seconds that a training computes which is left alone
 * @property {string} wanted its bits
 * @property {(...purpose: number[]) => number} random
 */

/**
 * Waits until a training computes, or has ended.
 *
 * @param {import('./cluster-faults.js').Scene} scene
 */
async function begun(scene) {
  while (scene.coordinator.isRunning && !isComputing(scene)) await wait(10);
}

/**
 * Waits until a training has computed all epochs, or has ended.
 *
 * @param {import('./cluster-faults.js').Scene} scene
 */
async function computed(scene) {
  while (isComputing(scene)) await wait(10);
}

/**
 * A training on a cluster with what fails in it.
 *
 * @param {string} run where it is to be
 * @param {Plan} plan
 * @returns {Promise<Outcome>}
 */
async function disturbedRun(run, { faults, args, seconds, wanted, random }) {
  const cluster = await LocalCluster.start();
  const began = performance.now();
  /** @type {string[]} */
  const done = [];
  let missed = 0;
  try {
    const workers = [];
    for (const name of WORKERS) workers.push(await cluster.startWorker(name, ['--threads', '1']));
    const coordinator = cluster.run('coordinator', [...args, '--cluster', cluster.url, '--out', run]);
    /** @type {import('./cluster-faults.js').Scene} */
    const scene = { cluster, workers, coordinator, run };
    await begun(scene);
    const first = performance.now();
    if (faults.length === 0) await computed(scene);
    const trained = (performance.now() - first) / 1000;
    for (const [number, fault] of faults.entries()) {
      await begun(scene);
      await scene.coordinator.endsWithin((1000 * seconds * 0.9 * random(number, 0)) / faults.length);
      if (!isComputing(scene)) missed++;
      else done.push(await fault.cause(scene, (purpose) => random(number, 1 + purpose)));
    }
    const fault = (await faultOf(scene, wanted)) || (await endWorkers(scene));
    const all = (performance.now() - began) / 1000;
    return { done, missed, seconds: all, trained, fault, logs: fault && cluster.logs };
  } finally {
    await cluster.close();
  }
}

/**
 * What is wrong with how a training ends.
 *
 * @param {import('./cluster-faults.js').Scene} scene
 * @param {string} wanted
 */
async function faultOf(scene, wanted) {
  const end = await scene.coordinator.endsWithin(LIMIT);
  if (!end) return 'hangs';
  if (end.code !== 0) return `ends with code ${end.code ?? end.signal}`;
  if (scene.fault) return scene.fault;
  return wanted !== '' && bitsOf(scene.run) !== wanted ? 'other bits' : '';
}

/**
 * Tells workers to end.
 *
 * @param {import('./cluster-faults.js').Scene} scene
 */
async function endWorkers({ workers }) {
  for (const { line, process } of workers) {
    line.restore();
    process.kill('SIGTERM');
  }
  for (const { process } of workers) {
    if (!(await process.endsWithin(END))) return `${process.name} does not end`;
  }
  return '';
}

/**
 * Trainings one after another.
 *
 * @param {object} options
 * @param {number} options.runs
 * @param {number} options.seed
 * @param {readonly string[] | undefined} [options.only] names of faults; default all, one after another
 * @param {number} [options.epochs]
 * @param {(line: string) => void} [options.report]
 * @returns {Promise<Outcome[]>}
 */
export async function clusterTest({ runs, seed, only, epochs = 20, report = () => {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'weft-cluster-test-'));
  const args = [...RUN, '--epochs', String(epochs)];
  const known = only ? FAULTS.filter(({ name }) => only.includes(name)) : FAULTS;
  try {
    const alone = join(folder, 'alone');
    const one = weft('one process', [...args, '--out', alone]);
    if ((await one.ended).code !== 0) throw new Error(`The training in one process failed.\n${one.log}`);
    const wanted = bitsOf(alone);
    const calm = join(folder, 'calm');
    const plan = { faults: [], args, seconds: 0, wanted, random: () => 0 };
    const { seconds, trained, fault, logs } = await disturbedRun(calm, plan);
    report(
      `one process: ${wanted.split('\n')[0]}\na cluster in which nothing fails: ${fault || 'the same bits'}, ${seconds.toFixed(0)} s, ${trained.toFixed(0)} of them training`,
    );
    if (fault) throw new Error(`The training in which nothing fails ${fault}.\n${logs}`);
    const outcomes = [];
    for (let index = 0; index < runs; index++) {
      const random = (/** @type {number[]} */ ...purpose) => draw(seed, index, ...purpose);
      // Each fault in turn; every third run has another one, too.
      const count = index % 3 === 2 ? 2 : 1;
      const faults = Array.from({ length: count }, (_, number) =>
        number === 0 ? known[index % known.length] : known[Math.floor(random(number) * known.length)],
      );
      const run = join(folder, `run-${index}`);
      const outcome = await disturbedRun(run, { faults, args, seconds: trained, wanted, random });
      const said = outcome.done.join('; ') || 'nothing failed';
      report(`${index + 1}/${runs}  ${said}: ${outcome.fault || 'the same bits'}, ${outcome.seconds.toFixed(0)} s`);
      if (outcome.fault) report(outcome.logs);
      outcomes.push(outcome);
      for (const each of [run, `${run}-taken-over`]) rmSync(each, { recursive: true, force: true });
    }
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = FAULTS.map(({ name }) => name);
  const { positionals, values } = commandLine({
    name: 'pnpm cluster-test',
    arguments: ['RUNS', 'SEED'],
    about:
      'Trains on a cluster of real processes (default 30 times, seed 1) in which something fails at random moments, and compares the bits.',
    options: {
      fault: { value: 'NAME', multiple: true, help: `Only this one, or several: ${names.join(', ')}.` },
      epochs: { value: 'N', default: '20', help: 'Epochs of a training.' },
    },
  });
  const runs = wholeNumber('RUNS', positionals[0] ?? '30', 1);
  const seed = wholeNumber('SEED', positionals[1] ?? '1', 0);
  const epochs = wholeNumber('--epochs', values.epochs, 1);
  const unknown = values.fault?.find((name) => !names.includes(name));
  if (unknown !== undefined) wrongUsage(`--fault: got ${unknown}, expected ${names.join(', ')}.`);
  if (!(await hasServer()))
    wrongUsage('There is no nats-server here. Install one, such as by apt install nats-server.');
  const only = values.fault;
  const outcomes = await clusterTest({ runs, seed, only, epochs, report: (line) => console.log(line) });
  const same = outcomes.filter(({ fault }) => fault === '').length;
  const missed = outcomes.reduce((total, outcome) => total + outcome.missed, 0);
  console.log(
    `${same} of ${runs} trainings end with the bits of one process.` +
      (missed > 0 ? ` ${missed} faults came too late, after the end.` : ''),
  );
  if (same < runs) process.exitCode = 1;
}
