import { constants } from 'node:fs';
import { lstat, open, opendir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError } from '../errors.js';
import { requireHash, sha256Of } from './object-store.js';
import { HEADER_BYTES, payloadsIn } from './payloads.js';

/** Bounds of what is looked at below a folder. */
export interface DataIndexOptions {
  /** Files; default 10,000. */
  readonly mostFiles?: number;
  /** Folders within folders; default 8. */
  readonly mostDepth?: number;
}

interface Listed {
  readonly path: string;
  readonly size: number;
}

/** How little gzip makes of bytes: a thousandth at best. */
const MOST_COMPRESSION = 1040;

/**
 * Files below a folder, found by the SHA-256 of what they hold: of all bytes, or of the values in IDX and .npy files,
 * gzipped or not. Only names that the folder itself lists are opened, and links are not followed.
 */
export class DataIndex {
  readonly #files: readonly Listed[];
  /** SHA-256 of what files hold, by path and number of bytes: no file is hashed twice. */
  readonly #hashes = new Map<string, readonly string[]>();

  private constructor(files: readonly Listed[]) {
    this.#files = files;
  }

  /** @throws ClusterError with the code `usage` if there is no such folder */
  static async open(folder: string, options: DataIndexOptions = {}): Promise<DataIndex> {
    const { mostFiles = 10_000, mostDepth = 8 } = options;
    let root: string;
    const files: Listed[] = [];
    try {
      root = await realpath(folder);
      await list(root, mostDepth, mostFiles, files);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? 'an error';
      throw new ClusterError('usage', `--data-root: the folder ${folder} cannot be read (${code}).`, { cause });
    }
    return new DataIndex(files.sort((one, other) => (one.path < other.path ? -1 : 1)));
  }

  /** Number of files that are looked at. */
  get count(): number {
    return this.#files.length;
  }

  /**
   * Bytes with that SHA-256 in one of the files; undefined if there are none.
   *
   * @param bytes how many they are: other files are not read
   * @throws ClusterError if the name is no SHA-256
   */
  async find(sha256: string, bytes: number): Promise<Uint8Array | undefined> {
    requireHash(sha256);
    for (const file of this.#files) {
      const key = `${bytes} ${file.path}`;
      if (!mayHold(file, bytes) || this.#hashes.get(key)?.includes(sha256) === false) continue;
      const stored = await readPlain(file);
      const payloads = stored ? await payloadsIn(stored, bytes) : [];
      const hashes = payloads.map(sha256Of);
      this.#hashes.set(key, hashes);
      const at = hashes.indexOf(sha256);
      if (at >= 0) return payloads[at];
    }
    return undefined;
  }
}

async function list(folder: string, depth: number, most: number, files: Listed[]): Promise<void> {
  const folders: string[] = [];
  for await (const entry of await opendir(folder)) {
    if (files.length >= most) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) folders.push(path);
    if (entry.isFile()) {
      const { size } = await lstat(path);
      files.push({ path, size });
    }
  }
  for (const path of folders) await list(path, depth - 1, most, files);
}

/** Whether a file of that size can hold so many bytes, plainly or packed. */
function mayHold({ size }: Listed, bytes: number): boolean {
  return size >= bytes / MOST_COMPRESSION && size <= bytes + HEADER_BYTES;
}

/** The bytes of a file; undefined if it has gone, has changed or is no plain file any more. */
async function readPlain({ path, size }: Listed): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const now = await file.stat();
      return now.isFile() && now.size === size ? await file.readFile() : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
