import { createHash } from 'node:crypto';
import type { ObjectStore as NatsObjects, Objm } from '@nats-io/obj';
import { ClusterError } from '../errors.js';
import { OBJECT_BUCKET } from '../subjects.js';

/** What bytes are called everywhere: their SHA-256 in lower-case hexadecimal digits. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const HASH = /^[0-9a-f]{64}$/;

/** @throws ClusterError if a text is no SHA-256, and so no name of an object */
export function requireHash(text: string): string {
  if (HASH.test(text)) return text;
  throw new ClusterError(
    'damaged',
    `An object's name is ${JSON.stringify(text.slice(0, 80))}, expected a SHA-256 in hexadecimal.`,
  );
}

/** Bytes by their SHA-256. */
export interface ObjectStore {
  /** Stores bytes once, and gives their SHA-256. */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * @param bytes how many they are
   * @throws ClusterError if there are no such bytes, or they are others
   */
  get(sha256: string, bytes: number): Promise<Uint8Array>;
}

/** Bytes of a message of an object; larger ones make fewer round trips. */
const CHUNK_BYTES = 512 * 1024;
/** Bytes of a message that headers may take. */
const HEADROOM = 4096;

/**
 * Objects of all clusters on a server, in a bucket that is made if there is none.
 *
 * @param maximumBytes most bytes of a message of the server
 */
export async function openObjects(objects: Objm, maximumBytes: number): Promise<ObjectStore> {
  const bucket = await objects.create(OBJECT_BUCKET);
  const chunk = Math.max(1024, Math.min(CHUNK_BYTES, maximumBytes - HEADROOM));
  return {
    async put(bytes) {
      const sha256 = sha256Of(bytes);
      if (!(await isThere(bucket, sha256, bytes.length))) {
        await bucket.putBlob({ name: sha256, options: { max_chunk_size: chunk } }, bytes);
      }
      return sha256;
    },
    async get(sha256, bytes) {
      requireHash(sha256);
      // Who stores an object again removes the chunks of before, which somebody may be reading.
      return read(bucket, sha256, bytes).catch(() => read(bucket, sha256, bytes));
    },
  };
}

async function isThere(bucket: NatsObjects, sha256: string, bytes: number): Promise<boolean> {
  const info = await bucket.info(sha256);
  return info !== null && !info.deleted && info.size === bytes && info.options?.link === undefined;
}

async function read(bucket: NatsObjects, sha256: string, bytes: number): Promise<Uint8Array> {
  if (!(await isThere(bucket, sha256, bytes))) {
    throw new ClusterError('missing', `The server has no object of ${bytes} bytes with the SHA-256 ${sha256}.`);
  }
  const result = await bucket.get(sha256);
  if (!result) throw new ClusterError('missing', `The object ${sha256} has gone from the server.`);
  // Rejects together with the data: that is heard of there.
  result.error.catch(() => undefined);
  const whole = new Uint8Array(bytes);
  let end = 0;
  for await (const part of result.data) {
    if (end + part.length > bytes) throw damaged(sha256);
    whole.set(part, end);
    end += part.length;
  }
  if (end !== bytes || sha256Of(whole) !== sha256) throw damaged(sha256);
  return whole;
}

function damaged(sha256: string): ClusterError {
  return new ClusterError('damaged', `The server's object ${sha256} holds other bytes. Remove it with the nats tool.`);
}

/**
 * Objects in the memory of one process, for tests.
 */
export function memoryObjects(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    put(bytes) {
      const sha256 = sha256Of(bytes);
      objects.set(sha256, bytes.slice());
      return Promise.resolve(sha256);
    },
    async get(sha256, bytes) {
      const found = objects.get(requireHash(sha256));
      if (found?.length === bytes) return found.slice();
      throw new ClusterError('missing', `There is no object of ${bytes} bytes with the SHA-256 ${sha256}.`);
    },
  };
}
