import { workerData } from 'node:worker_threads';
import { runTask, type Task } from '@weft/train/runtime';
import { delay } from './delays.js';

/** What piscina calls in a worker. */
export default function work(task: Task): void {
  runTask(task, delay);
}

// All code is loaded when this line is reached. `WorkerPool.close` waits for it.
Atomics.add(workerData.loaded as Int32Array, 0, 1);
