import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteFile } from '../download/download.js';
import { DataError } from '../errors.js';
import type { IdxArray } from '../idx/format.js';
import { inflate } from '../idx/gzip.js';
import { isGzip } from '../idx/parse.js';
import { readIdx } from '../idx/read.js';
import type { SearchDirectory } from './directories.js';

const LARGEST_FILE = 2 ** 28;
/** Bytes that a file may be longer than what it holds: gzip frames what it cannot compress, and keeps names. */
const FRAME_BYTES = 2 ** 16;
const FRAME_RATIO = 1.01;

const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

/** The names that a file may have: its own and, where its content can be verified, that without `.gz`. */
function namesOf({ name, content }: RemoteFile): string[] {
  return content && name.endsWith('.gz') ? [name, name.slice(0, -'.gz'.length)] : [name];
}

/**
 * The name under which a folder has a file; undefined if it lacks it. A file that is there but damaged counts as there.
 *
 * @throws DataError `unreadable` if the system refuses to tell
 */
export async function nameIn(directory: SearchDirectory, file: RemoteFile): Promise<string | undefined> {
  for (const name of namesOf(file)) {
    try {
      const found = await stat(join(directory.path, name));
      // Some programs unpack a file into a folder of its name.
      if (name === file.name || found.isFile()) return name;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw new DataError('unreadable', `Fashion-MNIST: ${name} cannot be read: ${message}.`, { cause: error });
    }
  }
  return undefined;
}

/** The size of a file, and its bytes unless there are too many. */
async function bytesOf(path: string, name: string, most: number): Promise<{ size: number; bytes?: Uint8Array }> {
  try {
    const found = await stat(path);
    // A pipe would be read for ever.
    if (!found.isFile()) throw new Error(`expected a file at ${path}, found none`);
    return found.size <= most ? { size: found.size, bytes: await readFile(path) } : { size: found.size };
  } catch (cause) {
    const { message } = cause as Error;
    throw new DataError('unreadable', `Fashion-MNIST: ${name} cannot be read: ${message}.`, { cause });
  }
}

/** What a file holds, if that is what it should be, whatever it was compressed with. */
function soundContent(bytes: Uint8Array, { name, content }: RemoteFile): Uint8Array | undefined {
  if (!content) return undefined;
  let inflated: Uint8Array | undefined = bytes;
  try {
    if (isGzip(bytes)) inflated = inflate(bytes, content.bytes, name);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
  return inflated?.length === content.bytes && md5Of(inflated) === content.md5 ? inflated : undefined;
}

/**
 * Reads one of the four files, as its authors compressed it, compressed in another way, or uncompressed.
 *
 * @throws DataError `damaged` if it holds something else, `unreadable` if the system refuses it, or what `readIdx` throws
 */
export async function readVerified(directory: SearchDirectory, file: RemoteFile): Promise<IdxArray> {
  const name = (await nameIn(directory, file)) ?? file.name;
  const largest = Math.max(file.bytes, Math.ceil(FRAME_RATIO * (file.content?.bytes ?? 0)) + FRAME_BYTES);
  const { size, bytes } = await bytesOf(join(directory.path, name), name, largest);
  const md5 = bytes && md5Of(bytes);
  const content = bytes && (md5 === file.md5 ? bytes : soundContent(bytes, file));
  if (content) return readIdx(content, { name: `Fashion-MNIST: ${name}`, maximumBytes: LARGEST_FILE });
  const expected = name === file.name ? file : file.content!;
  const sizes = size === expected.bytes ? [] : [`${size} bytes, expected ${expected.bytes}`];
  const sums = md5 === undefined ? [] : [`MD5 ${md5}, expected ${expected.md5}`];
  throw new DataError(
    'damaged',
    `Fashion-MNIST: ${name} is damaged (${[...sizes, ...sums].join('; ')}). Delete it and run again to fetch it anew. It is in ${directory.label}.`,
  );
}
