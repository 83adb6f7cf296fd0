import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../download/folders.js';
import { DataError } from '../errors.js';
import { DIGEST_BYTES, digestOf } from './make-records.js';
import { codeOf } from './walk.js';

/*
 * A file of records:
 *
 *   4,096 bytes   a line of text that says what it is, and spaces
 *   records       each of the same size
 *   digests       SHA-256 of each record
 *   contents      JSON: the key, and the picture of each record
 *   48 bytes      a mark, lengths of contents and digests, and SHA-256 of all that stands here but the records
 */

const HEADER_BYTES = 4096;
const MARK = 'WEFTREC1';
const END_BYTES = 8 + 8 + 8 + 32;

/** Bytes that are read at a time to verify a file. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** A picture in a cache, or a file that was not read. */
export type CachedPicture =
  | {
      readonly path: string;
      readonly height: number;
      readonly width: number;
      readonly first: number;
      readonly count: number;
    }
  | { readonly path: string; readonly reason: string };

/** What a cache holds besides records. */
export interface CacheContents {
  /** SHA-256 of what the records were made of and how. */
  readonly key: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  /** Records that there is room for: those of files that were not read hold nothing. */
  readonly slots: number;
  readonly pictures: readonly CachedPicture[];
}

/** A verified file of records that is open. */
export interface OpenRecords {
  readonly file: number;
  /** Where the first record begins. */
  readonly begin: number;
  /** SHA-256 of each record. */
  readonly digests: Uint8Array;
}

function headerOf({ height, width, channels, slots }: CacheContents): Buffer {
  const text = `Weft pictures, version 1: ${slots} records of [${height},${width},${channels}] bytes from byte ${HEADER_BYTES}\n`;
  return Buffer.from(text.padEnd(HEADER_BYTES));
}

const sizeOf = ({ height, width, channels }: CacheContents) => height * width * channels;

/** Writes a cache under another name, which becomes its own when all of it is there. */
export class CacheWriter {
  private readonly digests: Uint8Array;

  private constructor(
    private readonly path: string,
    private readonly beside: string,
    private readonly file: FileHandle,
    private readonly size: number,
    slots: number,
  ) {
    this.digests = new Uint8Array(slots * DIGEST_BYTES);
  }

  /** @throws DataError with code `unwritable` */
  static async create(path: string, size: number, slots: number): Promise<CacheWriter> {
    const beside = `${path}.${process.pid}.${randomUUID()}.tmp`;
    try {
      await makeFolder(dirname(path));
      await removeAbandoned(path);
      return new CacheWriter(path, beside, await open(beside, 'wx', 0o600), size, slots);
    } catch (cause) {
      throw unwritable(path, size * slots, cause);
    }
  }

  /** Writes records one after another, from a slot on. */
  async write(slot: number, records: Uint8Array, digests: Uint8Array): Promise<void> {
    await this.put(records, HEADER_BYTES + slot * this.size);
    this.digests.set(digests, slot * DIGEST_BYTES);
  }

  /** Gives the file its name. */
  async finish(contents: CacheContents): Promise<void> {
    const header = headerOf(contents);
    const text = Buffer.from(JSON.stringify(contents));
    const end = Buffer.alloc(END_BYTES);
    end.write(MARK, 'latin1');
    end.writeBigUInt64LE(BigInt(this.digests.length), 8);
    end.writeBigUInt64LE(BigInt(text.length), 16);
    const hash = createHash('sha256').update(header).update(this.digests).update(text).update(end.subarray(0, 24));
    hash.digest().copy(end, 24);
    const behind = HEADER_BYTES + this.slots * this.size;
    await this.put(header, 0);
    await this.put(Buffer.concat([this.digests, text, end]), behind);
    try {
      await this.file.sync();
      await this.file.close();
      await rename(this.beside, this.path);
    } catch (cause) {
      throw unwritable(this.path, this.slots * this.size, cause);
    }
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => {});
    await rm(this.beside, { force: true });
  }

  private get slots(): number {
    return this.digests.length / DIGEST_BYTES;
  }

  private async put(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, position + at);
        at += bytesWritten;
      }
    } catch (cause) {
      throw unwritable(this.path, this.slots * this.size, cause);
    }
  }
}

function unwritable(path: string, bytes: number, cause: unknown): DataError {
  const code = codeOf(cause);
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  const why = isFull ? `there is no room for it (${code})` : `the system refuses (${code})`;
  return new DataError(
    'unwritable',
    `The cache of pictures ${path} cannot be written: ${why}. It takes ${Math.ceil(bytes / 2 ** 20)} MiB. Set WEFT_CACHE_DIR to a folder with room.`,
    { cause },
  );
}

/** Removes what processes that are gone have left half written. */
async function removeAbandoned(path: string): Promise<void> {
  const begin = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const process = name.startsWith(begin) && /^(\d+)\.[0-9a-f-]{36}\.tmp$/.exec(name.slice(begin.length))?.[1];
    if (process && !isAlive(Number(process))) await rm(join(dirname(path), name), { force: true });
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A cache that was found whole. */
export interface FoundCache extends OpenRecords {
  readonly contents: CacheContents;
}

/**
 * Opens a cache and verifies every byte of it.
 *
 * @param key of what is wanted
 * @returns undefined if there is none, or it is that of other files or options
 * @throws DataError with code `damaged` if it is not what was written
 */
export async function openCache(
  path: string,
  key: string,
  onRecords: (done: number, total: number) => void,
): Promise<FoundCache | undefined> {
  const handle = await open(path, 'r').catch((error) => {
    // Where there is no folder for it, writing it says so.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw new DataError('unreadable', `The cache of pictures ${path} cannot be read (${codeOf(error)}).`, {
      cause: error,
    });
  });
  if (!handle) return undefined;
  try {
    const { contents, digests } = await readContents(handle, path);
    if (contents.key !== key) return undefined;
    await verifyRecords(handle, contents, digests, onRecords, path);
    return { contents, digests, begin: HEADER_BYTES, file: openSync(path, 'r') };
  } finally {
    await handle.close();
  }
}

const damaged = (path: string, cause?: unknown) =>
  new DataError('damaged', `The cache of pictures ${path} is damaged.`, { cause });

async function readContents(handle: FileHandle, path: string) {
  const { size: bytes } = await handle.stat();
  if (bytes < HEADER_BYTES + END_BYTES) throw damaged(path);
  const end = await readAt(handle, bytes - END_BYTES, END_BYTES, path);
  const [digestBytes, textBytes] = [Number(end.readBigUInt64LE(8)), Number(end.readBigUInt64LE(16))];
  const isFitting =
    end.toString('latin1', 0, 8) === MARK && HEADER_BYTES + digestBytes + textBytes + END_BYTES <= bytes;
  if (!isFitting) throw damaged(path);
  const header = await readAt(handle, 0, HEADER_BYTES, path);
  const rest = await readAt(handle, bytes - END_BYTES - textBytes - digestBytes, digestBytes + textBytes, path);
  const hash = createHash('sha256').update(header).update(rest).update(end.subarray(0, 24)).digest();
  if (!hash.equals(end.subarray(24))) throw damaged(path);
  const contents = JSON.parse(rest.toString('utf8', digestBytes)) as CacheContents;
  const isWhole = HEADER_BYTES + contents.slots * sizeOf(contents) + digestBytes + textBytes + END_BYTES === bytes;
  if (!isWhole || digestBytes !== contents.slots * DIGEST_BYTES) throw damaged(path);
  return { contents, digests: Uint8Array.from(rest.subarray(0, digestBytes)) };
}

async function verifyRecords(
  handle: FileHandle,
  contents: CacheContents,
  digests: Uint8Array,
  onRecords: (done: number, total: number) => void,
  path: string,
): Promise<void> {
  const { slots, pictures } = contents;
  const isUsed = new Uint8Array(slots);
  for (const each of pictures) if ('count' in each) isUsed.fill(1, each.first, each.first + each.count);
  await eachRecord(handle, { begin: HEADER_BYTES, size: sizeOf(contents), count: slots }, path, (record, slot) => {
    const digest = digests.subarray(slot * DIGEST_BYTES, (slot + 1) * DIGEST_BYTES);
    if (isUsed[slot] === 1 && Buffer.compare(digestOf(record), digest) !== 0) throw damaged(path);
    onRecords(slot + 1, slots);
  });
}

/** Reads records one after another, many at a time. */
export async function eachRecord(
  handle: FileHandle,
  { begin, size, count }: { readonly begin: number; readonly size: number; readonly count: number },
  path: string,
  use: (record: Uint8Array, number: number) => void,
): Promise<void> {
  const most = Math.max(1, Math.floor(CHUNK_BYTES / size));
  for (let first = 0; first < count; first += most) {
    const records = Math.min(most, count - first);
    const bytes = await readAt(handle, begin + first * size, records * size, path);
    for (let at = 0; at < records; at++) use(bytes.subarray(at * size, (at + 1) * size), first + at);
  }
}

async function readAt(handle: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw damaged(path);
    at += bytesRead;
  }
  return bytes;
}

/** Closes files of records. */
export function closeFiles(files: Iterable<number>): void {
  for (const file of files) closeSync(file);
}
