import { openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { eachRecord, type OpenRecords } from './cache-file.js';
import type { Wish } from './cached-records.js';
import { DIGEST_BYTES, digestOf } from './make-records.js';
import type { NpySet } from './npy-files.js';

/** Whether the values of the arrays are what is wished for, so that they are read where they lie. */
export function areRecords(arrays: readonly NpySet[], { size, tile, channels }: Wish): boolean {
  const [{ array: first }] = arrays;
  return (
    tile === undefined &&
    arrays.every(
      ({ array }) =>
        array.type === 'uint8' &&
        array.height === (size?.[0] ?? first.height) &&
        array.width === (size?.[1] ?? first.width) &&
        array.channels === (channels ?? first.channels),
    )
  );
}

/** Reads a `.npy` file of bytes once, for the SHA-256 of each picture, and opens it. */
export async function openNpyRecords(
  { file, array }: NpySet,
  onRecords: (done: number, total: number) => void,
): Promise<OpenRecords> {
  const digests = new Uint8Array(array.count * DIGEST_BYTES);
  const handle = await open(file.place, 'r');
  try {
    const { begin, count, pictureBytes: size } = array;
    await eachRecord(handle, { begin, size, count }, file.path, (record, number) => {
      digests.set(digestOf(record), number * DIGEST_BYTES);
      onRecords(number + 1, count);
    });
  } finally {
    await handle.close();
  }
  return { file: openSync(file.place, 'r'), begin: array.begin, digests };
}
