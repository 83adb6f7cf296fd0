import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV, Kvm } from '@nats-io/kv';
import { KEY_BUCKET } from '../subjects.js';

/** What a key holds, and the revision at which it was written. Revisions of a store only grow. */
export interface KeyEntry {
  readonly value: Uint8Array;
  readonly revision: number;
}

/** Keys with revisions: a bucket of NATS, or in tests the memory of one process. */
export interface KeyStore {
  /** Undefined if there is no such key. */
  get(key: string): Promise<KeyEntry | undefined>;
  /** Writes the key if its revision is this one, 0 if there is none. The new revision, or undefined if it is another. */
  set(key: string, value: Uint8Array, revision: number): Promise<number | undefined>;
  /** Removes the key if its revision is this one. */
  remove(key: string, revision: number): Promise<void>;
}

/** Milliseconds for an answer of the server. */
const TIMEOUT = 5000;
/** NATS's code for a revision that is not the last one. */
const WRONG_LAST_SEQUENCE = [10071, 10164];

const isWrongRevision = (error: unknown) =>
  error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code);

/** Keys in a bucket. Calls reject while the server is away. */
function natsKeys(bucket: KV): KeyStore {
  return {
    async get(key) {
      const entry = await bucket.get(key);
      return entry?.operation === 'PUT' ? { value: new Uint8Array(entry.value), revision: entry.revision } : undefined;
    },
    async set(key, value, revision) {
      try {
        return revision === 0 ? await bucket.create(key, value) : await bucket.update(key, value, revision, TIMEOUT);
      } catch (error) {
        if (isWrongRevision(error)) return undefined;
        throw error;
      }
    },
    async remove(key, revision) {
      try {
        await bucket.delete(key, { previousSeq: revision });
      } catch (error) {
        if (!isWrongRevision(error)) throw error;
      }
    },
  };
}

/**
 * Keys in the memory of one process, for tests.
 */
export function memoryKeys(): KeyStore {
  const entries = new Map<string, KeyEntry>();
  let last = 0;
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set(key, value, revision) {
      if ((entries.get(key)?.revision ?? 0) !== revision) return Promise.resolve(undefined);
      entries.set(key, { value: value.slice(), revision: ++last });
      return Promise.resolve(last);
    },
    remove(key, revision) {
      if (entries.get(key)?.revision === revision) entries.delete(key);
      return Promise.resolve();
    },
  };
}

/** The keys of all clusters on a server, in a bucket that is made if there is none. */
export async function openKeys(kv: Kvm): Promise<KeyStore> {
  return natsKeys(await kv.create(KEY_BUCKET, { history: 1 }));
}

/** The keys of all clusters on a server; undefined if there was never one. */
export async function existingKeys(kv: Kvm): Promise<KeyStore | undefined> {
  for await (const { bucket } of kv.list()) {
    if (bucket === KEY_BUCKET) return natsKeys(await kv.open(KEY_BUCKET));
  }
  return undefined;
}
