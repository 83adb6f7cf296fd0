import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NpyError, npzFiles } from '@weft/formats/arrays';
import { DataError } from '../errors.js';
import { codeOf } from './walk.js';

/** The largest `.npz` file that is read: its arrays are unpacked in memory. */
const MOST_BYTES = 2 ** 31 - 1;

/** Names that arrays of pictures and of labels have, as in Keras's `mnist.npz`, in MedMNIST, and as here. */
const PICTURES = /^(?:x|images)(?:[_-](.+))?$|^(.+?)(?:[_-](?:x|images))$/i;
const LABELS = /^(?:y|labels)(?:[_-](.+))?$|^(.+?)(?:[_-](?:y|labels))$/i;

/**
 * Unpacks a `.npz` file of pictures into a folder of `.npy` files, in the folder of caches. `x_train` becomes `train.npy`,
 * `y_train` and `train_labels` become `train_labels.npy`, and so on. What is there already stays.
 *
 * @returns the folder
 * @throws DataError if the file is not read, or the folder cannot be written
 */
export async function unpackNpz(path: string, cache: string): Promise<string> {
  const bytes = await bytesOf(path);
  const folder = join(cache, `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.npz`);
  const files = filesIn(path, bytes);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) await put(join(folder, name), content);
  } catch (cause) {
    throw new DataError(
      'unwritable',
      `${path}: it cannot be unpacked into ${folder} (${codeOf(cause)}). Make room, or set WEFT_CACHE_DIR.`,
      { cause },
    );
  }
  return folder;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MOST_BYTES) return await readFile(path);
  } catch (cause) {
    throw new DataError('unreadable', `${path}: the file cannot be read (${codeOf(cause)}).`, { cause });
  }
  throw new DataError(
    'too-large',
    `${path}: the file has more than 2 GiB. Save each array as a .npy file in a folder.`,
  );
}

function filesIn(path: string, bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  try {
    for (const [array, content] of npzFiles(bytes)) {
      const name = fileOf(array);
      if (files.has(name)) {
        throw new NpyError(`Its array '${array}' and another one are both ${name}. Give them other names.`);
      }
      files.set(name, content);
    }
  } catch (cause) {
    if (!(cause instanceof NpyError)) throw cause;
    throw new DataError('damaged', `${path}: ${cause.message}`, { cause });
  }
  return files;
}

function fileOf(array: string): string {
  const set = (match: RegExpExecArray | null) => match?.slice(1).find((part) => part !== undefined);
  const [pictures, labels] = [PICTURES.exec(array), LABELS.exec(array)];
  const of = set(pictures) ?? set(labels);
  const stem = pictures ? (of ?? 'images') : labels ? (of === undefined ? 'labels' : `${of}_labels`) : array;
  const name = stem.toLowerCase().replace(/^valid(?=$|_)/, 'validation');
  if (/^[\w-]{1,80}$/.test(name)) return `${name}.npy`;
  throw new NpyError(
    `Its array '${array.slice(0, 80)}' has a name that is no file's. Name it x_train, x_test or the like.`,
  );
}

/** Writes a file that is not there yet, or has other bytes, whole or not at all. */
async function put(place: string, content: Uint8Array): Promise<void> {
  const found = await readFile(place).catch(() => undefined);
  if (found && Buffer.compare(found, content) === 0) return;
  const beside = join(place, '..', `.${basename(place)}.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, content);
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
