import { parentPort, threadId, workerData } from 'node:worker_threads';
import { runTask, type Task } from '@weft/train/runtime';
import { delay } from './delays.js';

/** What a worker is started with. */
export interface WorkerStart {
  /** Each worker adds one to it when all its code is loaded. */
  readonly loadedCount: Int32Array;
}

/** What a worker tells at the same time. */
export interface Loaded {
  /** Its thread id. */
  readonly loaded: number;
}

/** What piscina calls in a worker. */
export default function work(task: Task): void {
  runTask(task, delay);
}

// At this line the engine is still inside of the import of this module. Afterwards it is not.
setImmediate(() => {
  parentPort?.postMessage({ loaded: threadId } satisfies Loaded);
  const { loadedCount } = workerData as WorkerStart;
  Atomics.add(loadedCount, 0, 1);
  Atomics.notify(loadedCount, 0);
});
