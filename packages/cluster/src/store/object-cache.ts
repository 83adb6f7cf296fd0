import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { requireHash, sha256Of } from './object-store.js';

/** Default bound of a cache's folder: 8 GiB. */
const MOST_BYTES = 2 ** 33;

/** A worker's objects of before, in a folder of its own. Their names are their SHA-256, and nothing else is a name. */
export class ObjectCache {
  readonly #folder: string;
  readonly #mostBytes: number;

  /**
   * @param folder    is made when it is needed
   * @param mostBytes what was used least recently is removed beyond; default 8 GiB
   */
  constructor(folder: string, mostBytes: number = MOST_BYTES) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** Undefined if there is no such object. A damaged one is removed. @throws ClusterError if the name is no SHA-256 */
  async get(sha256: string): Promise<Uint8Array | undefined> {
    const path = this.#path(sha256);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch {
      return undefined;
    }
    if (sha256Of(bytes) !== sha256) {
      await rm(path, { force: true });
      return undefined;
    }
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return bytes;
  }

  /** Stores an object whole or not at all. One that is larger than the cache is not stored. */
  async put(bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#mostBytes) return;
    const path = this.#path(sha256Of(bytes));
    await mkdir(this.#folder, { recursive: true });
    const temporary = `${path}.${process.pid}.${performance.now().toString(36).replace('.', '')}`;
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await this.#shrink(path);
  }

  #path(sha256: string): string {
    return join(this.#folder, requireHash(sha256));
  }

  async #shrink(kept: string): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(names.map((name) => look(join(this.#folder, name))));
    const known = files.flatMap((file) => file ?? []).sort((one, other) => one.used - other.used);
    let total = known.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of known) {
      if (total <= this.#mostBytes) return;
      if (path === kept) continue;
      await rm(path, { force: true });
      total -= size;
    }
  }
}

async function look(path: string): Promise<{ path: string; size: number; used: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, size, used: mtimeMs };
  } catch {
    // Another process has removed it.
    return undefined;
  }
}
