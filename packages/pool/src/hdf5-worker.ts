import { parentPort } from 'node:worker_threads';
import { KerasError, readHdf5, type WantedArray } from '@weft/formats/keras';

/** What the thread is asked for. */
export interface Hdf5Task {
  readonly bytes: Uint8Array;
  readonly wanted: readonly WantedArray[];
}

/** What it answers: arrays, or a sentence about the file. */
export type Hdf5Answer = { readonly values: readonly Float32Array[] } | { readonly problem: string };

parentPort?.on('message', ({ bytes, wanted }: Hdf5Task) => {
  parentPort?.postMessage(answerTo(bytes, wanted) satisfies Hdf5Answer);
});

function answerTo(bytes: Uint8Array, wanted: readonly WantedArray[]): Hdf5Answer {
  try {
    return { values: readHdf5(bytes, wanted) };
  } catch (error) {
    if (error instanceof KerasError) return { problem: error.message };
    return { problem: `The file of weights cannot be read (${String((error as Error)?.message).slice(0, 100)}).` };
  }
}
