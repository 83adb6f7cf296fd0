import { ClusterError } from '../errors.js';
import type { DataIndex } from './data-index.js';
import type { ObjectCache } from './object-cache.js';
import type { ObjectStore } from './object-store.js';

/** Where a worker looks for bytes, in this order: its own files, what it has fetched before, the server. */
export interface ObjectSources {
  readonly index?: DataIndex | undefined;
  readonly cache?: ObjectCache | undefined;
  readonly store: ObjectStore;
  /** Most bytes that are fetched for one object; default 16 GiB. */
  readonly mostBytes?: number;
}

/** Where bytes were found. */
export type FoundIn = 'files' | 'cache' | 'server';

/**
 * Bytes by their SHA-256, from wherever they are nearest. What comes from the server goes into the cache.
 *
 * @throws ClusterError if nobody has them, or they are more than may be fetched
 */
export async function fetchObject(
  { index, cache, store, mostBytes = 2 ** 34 }: ObjectSources,
  sha256: string,
  bytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly foundIn: FoundIn }> {
  if (bytes > mostBytes) {
    throw new ClusterError('damaged', `An object has ${bytes} bytes, expected at most ${mostBytes}.`);
  }
  const ours = await index?.find(sha256, bytes);
  if (ours) return { bytes: ours, foundIn: 'files' };
  const before = await cache?.get(sha256);
  if (before) return { bytes: before, foundIn: 'cache' };
  const fetched = await store.get(sha256, bytes);
  // A full disk is no reason to stop: the object is fetched again next time.
  await cache?.put(fetched).catch(() => undefined);
  return { bytes: fetched, foundIn: 'server' };
}
