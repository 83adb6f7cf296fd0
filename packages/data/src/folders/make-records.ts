import { createHash } from 'node:crypto';
import { asChannels, asDepth } from '../pictures/channels.js';
import type { Picture, PictureLimits } from '../pictures/picture.js';
import { type Fit, resizeImage } from '../pictures/resize.js';
import { cutTiles } from '../pictures/tiles.js';
import { headerOf, type PictureSource, pictureOf } from './source.js';

/** How records are made of a picture. */
export interface Making {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  readonly fit: Fit;
  /** Pixels that neighbouring tiles have in common; undefined where pictures are resized. */
  readonly overlap: number | undefined;
  /** Whether values are to be 0 or 255. */
  readonly isMask: boolean;
}

/** Bytes of a SHA-256. */
export const DIGEST_BYTES = 32;

/** What is asked of a worker. */
export type PictureTask =
  | { readonly kind: 'look'; readonly sources: readonly PictureSource[] }
  | {
      readonly kind: 'make';
      readonly sources: readonly PictureSource[];
      readonly making: Making;
      readonly limits: PictureLimits;
    };

/** Why a file is not read. */
export interface Failed {
  readonly reason: string;
}

/** What a picture is like. */
export interface Looked {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The records of a picture one after another, and the SHA-256 of each. */
export interface Made {
  readonly height: number;
  readonly width: number;
  readonly records: Uint8Array;
  readonly digests: Uint8Array;
}

/** Does a worker's task: gives what was found or made of each file, or why it is not read. */
export function runPictureTask(task: PictureTask): Promise<(Looked | Made | Failed)[]> {
  return inOrder(task.sources, async (source) => {
    if (task.kind === 'make') return recordsOf(await pictureOf(source, task.limits), task.making);
    const { height, width, channels } = await headerOf(source);
    return { height, width, channels };
  });
}

async function inOrder<T>(sources: readonly PictureSource[], work: (source: PictureSource) => Promise<T>) {
  const results: (T | Failed)[] = [];
  for (const source of sources) {
    try {
      results.push(await work(source));
    } catch (error) {
      results.push({ reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}

/** The records of a picture. */
function recordsOf(picture: Picture, making: Making): Made {
  const { height, width, channels, fit, overlap, isMask } = making;
  const bytes = (some: Picture) => asChannels(asDepth(some, 8), channels);
  const { data } =
    overlap === undefined
      ? bytes(resizeImage(picture, height, width, { fit }))
      : cutTiles(bytes(picture), height, overlap);
  // Nothing else may lie in the buffer: all of it goes to the other thread.
  const records = Uint8Array.from(data);
  if (isMask) for (let at = 0; at < records.length; at++) records[at] = records[at] >= 128 ? 255 : 0;
  const size = height * width * channels;
  const digests = new Uint8Array((records.length / size) * DIGEST_BYTES);
  for (let at = 0; at * size < records.length; at++) {
    digests.set(digestOf(records.subarray(at * size, (at + 1) * size)), at * DIGEST_BYTES);
  }
  return { height: picture.height, width: picture.width, records, digests };
}

/** SHA-256 of a record. */
export function digestOf(record: Uint8Array): Uint8Array {
  return createHash('sha256').update(record).digest();
}
