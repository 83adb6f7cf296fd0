import { parentPort, threadId } from 'node:worker_threads';
import { type PictureTask, runPictureTask } from './make-records.js';

/** What piscina calls in a worker. */
export default function work(task: PictureTask) {
  return runPictureTask(task);
}

// At this line the engine is still inside of the import of this module. Afterwards it is not.
setImmediate(() => parentPort?.postMessage({ loaded: threadId }));
