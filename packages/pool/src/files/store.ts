import { constants } from 'node:fs';
import { access, appendFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Store } from '@weft/train/runtime';
import { makeFolders } from './make-folders.js';
import { halfWritten, writeAtomically } from './write-atomically.js';

/** The files of this machine. */
export const fileStore: Store = {
  read: (path) => readFile(path),
  write: writeAtomically,
  append: (path, text) => appendFile(path, text),
  list: (folder) => orIfMissing(readdir(folder), []),
  remove: (path) => rm(path, { force: true }),
  async makeFolder(path) {
    await makeFolders(path);
    if ((await fileStore.kindOf(path)) !== 'folder') throw new Error(`${path}: expected a folder; there is a file.`);
    await access(path, constants.W_OK);
  },
  async kindOf(path) {
    const found = await orIfMissing(stat(path), undefined);
    if (!found) return undefined;
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  },
  async sweep(folder, prefix) {
    const files = await readdir(folder).catch(() => []);
    const halves = files.filter((file) => halfWritten(file)?.startsWith(prefix));
    for (const file of halves) await rm(join(folder, file), { force: true });
  },
  resolve: (path) => resolve(path).replaceAll(sep, '/'),
};

async function orIfMissing<T, U>(found: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
