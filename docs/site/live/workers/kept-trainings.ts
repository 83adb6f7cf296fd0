/** Folder of the origin's private file system in which each training has a folder for its checkpoints. */
const FOLDER = 'weft-live-train';

export const folderOf = (id: string) => `${FOLDER}/${id}`;
const lockOf = (id: string) => `${FOLDER}/${id}`;

/** Whether this browser keeps files for the page: checkpoints, without which training cannot be paused. */
export const canKeep = () =>
  typeof navigator.storage?.getDirectory === 'function' && 'createWritable' in FileSystemFileHandle.prototype;

/**
 * Works on a training that no other tab works on, and removes those that no tab works on any more.
 *
 * @throws Error if another tab works on it
 */
export async function holdTraining<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  if (!canKeep()) return work();
  return navigator.locks.request(lockOf(id), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new Error('This training runs in another tab. Close that one, or start over.');
    await removeOthers(id);
    return work();
  });
}

async function removeOthers(id: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names) {
    if (name === id) continue;
    await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
      if (lock) await folder.removeEntry(name, { recursive: true });
    });
  }
}
