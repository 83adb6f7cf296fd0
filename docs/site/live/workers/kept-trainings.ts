/** Folder of the origin's private file system in which each training has a folder for its checkpoints. */
const FOLDER = 'weft-live-train';

/** Where the checkpoints of a training are; also the name of the lock that its tab holds. */
export const folderOf = (id: string) => `${FOLDER}/${id}`;

let asked: Promise<boolean> | undefined;

/** Whether this browser keeps files for the page: checkpoints, without which training cannot be paused. */
export function canKeep(): Promise<boolean> {
  asked ??= askForFolder();
  return asked;
}

async function askForFolder(): Promise<boolean> {
  const { storage } = navigator;
  if (typeof storage?.getDirectory !== 'function' || !('createWritable' in FileSystemFileHandle.prototype))
    return false;
  // Private windows of some browsers have the function, and refuse the folder.
  return storage.getDirectory().then(
    () => true,
    () => false,
  );
}

/** The training of this tab: no other tab may go on with it, or remove it. */
let held: { readonly id: string; release(): void } | undefined;

/**
 * Makes a training that of this tab, until another is, and removes those that belong to no tab any more.
 *
 * @throws Error if it belongs to another tab
 */
export async function holdTraining(id: string): Promise<void> {
  if (held?.id === id || !(await canKeep())) return;
  held?.release();
  held = undefined;
  const release = await locked(folderOf(id));
  if (!release) throw new Error('This training runs in another tab. Close that one, or start over.');
  held = { id, release };
  await removeOthers(id);
}

/** Takes a lock if nobody has it; what is returned gives it back. */
function locked(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null) => (lock ? new Promise<void>((end) => resolve(end)) : resolve(undefined));
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(reject);
  });
}

async function removeOthers(id: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names.filter((each) => each !== id)) {
    const release = await locked(folderOf(name));
    if (release) await folder.removeEntry(name, { recursive: true }).finally(release);
  }
}
