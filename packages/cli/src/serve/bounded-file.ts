import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What cannot be shown of a file, in words that end a sentence. */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal';
}

/** A file of a run with what it held when it was read. */
export interface BoundedFile {
  readonly bytes: Buffer;
  /** Changes when the file does. */
  readonly version: string;
  readonly changedAt: Date;
}

/** Read only, through no link, and without waiting for a pipe. Windows knows neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file of a folder that may have come from anywhere: no links, no pipes, no more than so many bytes.
 *
 * @param folder  its real path
 * @param name    path within the folder, written by Weft, never by a visitor
 * @param most    bytes
 * @param version of an earlier read: a file that has not changed since is not read again
 * @returns undefined if there is no such file; `unchanged` if it is the one of the earlier read
 * @throws FileRefusal if the file is a link, lies behind one, is none, or is too large
 */
export async function readBounded(
  folder: string,
  name: string,
  most: number,
  version?: string,
): Promise<BoundedFile | 'unchanged' | undefined> {
  const path = join(folder, name);
  let file: FileHandle;
  try {
    file = await open(path, FLAGS);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FileRefusal(code === 'ELOOP' ? 'is a link' : `cannot be read: ${message}`);
  }
  try {
    const found = await file.stat({ bigint: true });
    if (!found.isFile()) throw new FileRefusal('is no file');
    // What was opened must be what lies there when no link is followed.
    const place = await realpath(path);
    const there = await stat(place, { bigint: true });
    if (place !== path || there.ino !== found.ino || there.dev !== found.dev) {
      throw new FileRefusal('is a link, or lies behind one');
    }
    const now = `${found.ino}-${found.size}-${found.mtimeNs}`;
    if (now === version) return 'unchanged';
    if (found.size > BigInt(most)) throw new FileRefusal(`has ${found.size} bytes; at most ${most} are read`);
    return { bytes: await readAll(file, Number(found.size)), version: now, changedAt: found.mtime };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

/** The first bytes of a file, however much longer it has become. */
async function readAll(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
