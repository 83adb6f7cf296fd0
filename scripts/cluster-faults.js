// What goes wrong on purpose in the trainings of scripts/cluster-test.js.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds for which a worker is cut off. */
const CUT = 10_000;

/**
 * @typedef {object} Scene a training that runs on a cluster
 * @property {import('./cluster-processes.js').LocalCluster} cluster
 * @property {import('./cluster-processes.js').LineWorker[]} workers
 * @property {import('./cluster-processes.js').Process} coordinator
 * @property {string} run its folder
 * @property {string} [fault] what was not as it should be
 *
 * @typedef {object} Fault
 * @property {string} name
 * @property {(scene: Scene, random: (purpose: number) => number) => Promise<string>} cause says what was done
 */

/**
 * One of several.
 *
 * @template T
 * @param {readonly T[]} all
 * @param {number} random
 */
const oneOf = (all, random) => all[Math.floor(random * all.length)];

/**
 * The call that goes on with a run.
 *
 * @param {Scene} scene
 * @param {string} name
 * @param {string} run
 */
const resumed = (scene, name, run) =>
  scene.cluster.run(name, ['train', '--resume', run, '--cluster', scene.cluster.url, '--quiet']);

/**
 * Whether a training is within its epochs.
 *
 * @param {Scene} scene
 */
export const isComputing = ({ run, coordinator }) => coordinator.isRunning && existsSync(join(run, 'progress.json'));

/** @type {readonly Fault[]} */
export const FAULTS = [
  {
    name: 'worker-killed',
    async cause(scene, random) {
      const [worker] = scene.workers.splice(Math.floor(random(0) * scene.workers.length), 1);
      worker.process.kill('SIGKILL');
      if (random(1) < 0.5) return `${worker.process.name} killed`;
      const name = `${worker.process.name}b`;
      scene.workers.push(await scene.cluster.startWorker(name, ['--threads', '1']));
      return `${worker.process.name} killed, ${name} started`;
    },
  },
  {
    name: 'worker-stopped',
    async cause({ workers }, random) {
      const worker = oneOf(workers, random(0));
      const seconds = 1 + Math.floor(random(1) * 14);
      worker.process.kill('SIGSTOP');
      await wait(seconds * 1000);
      worker.process.kill('SIGCONT');
      return `${worker.process.name} stopped for ${seconds} s`;
    },
  },
  {
    name: 'worker-cut-off',
    async cause({ workers }, random) {
      const worker = oneOf(workers, random(0));
      const how = oneOf(/** @type {const} */ (['silent', 'broken']), random(1));
      worker.line.cut(how);
      await wait(CUT);
      worker.line.restore();
      return `${worker.process.name} cut off for ${CUT / 1000} s (${how})`;
    },
  },
  {
    name: 'coordinator-killed',
    async cause(scene, random) {
      scene.coordinator.kill('SIGKILL');
      await scene.coordinator.ended;
      rmSync(join(scene.run, 'progress.json'), { force: true });
      const seconds = Math.floor(random(0) * 6);
      await wait(seconds * 1000);
      scene.coordinator = resumed(scene, 'coordinator, resumed', scene.run);
      return `coordinator killed, resumed after ${seconds} s`;
    },
  },
  {
    name: 'coordinator-replaced',
    async cause(scene) {
      const first = scene.coordinator;
      first.kill('SIGSTOP');
      if (!isComputing(scene)) {
        first.kill('SIGCONT');
        return 'coordinator stopped for a moment, when all was computed';
      }
      // Another machine goes on with a copy: the folder itself belongs to the process that stands still.
      const copy = `${scene.run}-taken-over`;
      cpSync(scene.run, copy, { recursive: true });
      for (const file of ['run.lock', 'progress.json']) rmSync(join(copy, file), { force: true });
      const second = resumed(scene, 'coordinator, second', copy);
      while (second.isRunning && !isComputing({ ...scene, run: copy })) await wait(20);
      first.kill('SIGCONT');
      const end = await first.endsWithin(60_000);
      if (!end) scene.fault = 'the first coordinator does not end';
      else if (end.code === 0) scene.fault = 'the first coordinator ends as if it had not been replaced';
      scene.coordinator = second;
      scene.run = copy;
      return 'coordinator stopped, woken after another took over';
    },
  },
  {
    name: 'coordinator-stopped',
    async cause({ coordinator }, random) {
      const seconds = 1 + Math.floor(random(0) * 7);
      coordinator.kill('SIGSTOP');
      await wait(seconds * 1000);
      coordinator.kill('SIGCONT');
      return `coordinator stopped for ${seconds} s`;
    },
  },
  {
    name: 'server-restarted',
    async cause({ cluster }, random) {
      const signal = oneOf(/** @type {const} */ (['SIGTERM', 'SIGKILL']), random(0));
      const seconds = Math.floor(random(1) * 6);
      await cluster.stopServer(signal);
      await wait(seconds * 1000);
      await cluster.startServer();
      return `server ended by ${signal}, started after ${seconds} s`;
    },
  },
];
