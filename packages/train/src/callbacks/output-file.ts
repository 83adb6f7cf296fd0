import { folderOf, type Store } from '../runtime/store.js';

/**
 * Sees to it that a file can be written: its folder is made if it is missing.
 *
 * @throws Error if it cannot
 */
export async function prepareFile(callback: string, store: Store, path: string): Promise<void> {
  const folder = folderOf(path);
  if (folder !== '') await prepareFolder(callback, store, folder);
  if ((await store.kindOf(path)) === 'folder') {
    throw new Error(`${callback}: path: ${path} is a folder; expected the path of a file.`);
  }
}

/** As `prepareFile`, for a folder. */
export async function prepareFolder(callback: string, store: Store, folder: string): Promise<void> {
  try {
    await store.makeFolder(folder);
  } catch (cause) {
    throw new Error(`${callback}: path: nothing can be written into ${folder} (${(cause as Error).message}).`, {
      cause,
    });
  }
}
