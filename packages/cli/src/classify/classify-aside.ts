import { Worker } from 'node:worker_threads';
import type { ClassifierAnswer, ClassifierTask } from './classifiers.js';

/** What is told while a fit runs, a second each. */
export type OnSecond = (seconds: number) => void;

/**
 * Fits a classifier in a thread of its own, so that Ctrl-C is looked at meanwhile.
 *
 * @throws the signal's reason if it was aborted; whatever the fit throws
 */
export async function classifyAside(
  task: ClassifierTask,
  { signal, onSecond }: { readonly signal: AbortSignal; readonly onSecond: OnSecond },
): Promise<ClassifierAnswer> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
  let seconds = 0;
  const timer = setInterval(() => onSecond(++seconds), 1000);
  let abort = () => {};
  try {
    return await new Promise<ClassifierAnswer>((resolve, reject) => {
      abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread of the classifier ended without an answer.')));
    });
  } finally {
    signal.removeEventListener('abort', abort);
    clearInterval(timer);
    await worker.terminate();
  }
}
