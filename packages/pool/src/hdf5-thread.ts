import { Worker } from 'node:worker_threads';
import { KerasError, type WantedArray } from '@weft/formats/keras';
import type { Hdf5Answer, Hdf5Task } from './hdf5-worker.js';
import { installedFiles } from './installed-files.js';

const MEBIBYTE = 2 ** 20;
/** How long a file may take, besides a second for each mebibyte: many times what is usual. */
const LEAST_MILLISECONDS = 20_000;
/** What a thread may allocate, besides 32 bytes for each of the file. */
const LEAST_MEGABYTES = 256;

/**
 * Reads arrays of an HDF5 file in a thread that is ended when it takes too long or too much memory: jsfive trusts files.
 *
 * @param longest milliseconds
 * @throws KerasError if it cannot be read so
 */
export async function readHdf5Aside(
  bytes: Uint8Array,
  wanted: readonly WantedArray[],
  longest = LEAST_MILLISECONDS + (1000 * bytes.length) / MEBIBYTE,
): Promise<readonly Float32Array[]> {
  const size = bytes.length / MEBIBYTE;
  const worker = new Worker(new URL(installedFiles(import.meta.url).hdf5), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(LEAST_MEGABYTES + 32 * size) },
  });
  try {
    const answer = await answerOf(worker, { bytes, wanted }, longest);
    if ('values' in answer) return answer.values;
    throw new KerasError(answer.problem);
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker, task: Hdf5Task, longest: number): Promise<Hdf5Answer> {
  return new Promise((resolve) => {
    const refuse = (why: string) => resolve({ problem: `The file of weights is damaged: reading it ${why}.` });
    const timer = setTimeout(() => refuse('took too long'), longest);
    worker.once('message', resolve);
    worker.once('error', () => refuse('failed, or took too much memory'));
    worker.once('exit', () => clearTimeout(timer));
    worker.postMessage(task);
  });
}
