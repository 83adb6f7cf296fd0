import { folderOf, joinPath, type Store } from '@weft/train/runtime';

/** A file that is not whole yet. */
const HALF_WRITTEN = /\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Every browser that has `createWritable` can give its files another name. */
interface MovableHandle extends FileSystemFileHandle {
  move(name: string): Promise<void>;
}

/** The files of the page's origin: a private file system, which no other origin sees. */
export const originStore: Store = {
  async read(path) {
    const file = await (await fileAt(path)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  },
  async write(path, content) {
    const known = await orIfMissing(fileAt(path), undefined);
    // What is written takes the place of the old content when the stream is closed, and not before. A new file would be
    // there, and empty, from the beginning on: it gets its name at the end.
    const beside = `${path}.${globalThis.crypto.randomUUID()}.tmp`;
    const file = known ?? (await fileAt(beside, true));
    try {
      const stream = await file.createWritable();
      await closing(stream, () => stream.write(content as Uint8Array<ArrayBuffer>));
      if (!known) await (file as MovableHandle).move(nameIn(path));
    } catch (error) {
      if (!known) await originStore.remove(beside);
      throw error;
    }
  },
  async append(path, text) {
    const handle = await fileAt(path, true);
    const { size } = await handle.getFile();
    const stream = await handle.createWritable({ keepExistingData: true });
    await closing(stream, () => stream.write({ type: 'write', position: size, data: text }));
  },
  async list(folder) {
    const handle = await orIfMissing(folderAt(folder), undefined);
    const names: string[] = [];
    if (handle) for await (const name of handle.keys()) names.push(name);
    return names;
  },
  async remove(path) {
    const folder = await orIfMissing(folderAt(folderOf(path)), undefined);
    await orIfMissing(folder?.removeEntry(nameIn(path)), undefined);
  },
  async makeFolder(path) {
    try {
      await folderAt(path, true);
    } catch (cause) {
      if (!isMismatch(cause)) throw cause;
      throw new Error(`${path}: expected a folder; there is a file.`, { cause });
    }
  },
  async kindOf(path) {
    try {
      await folderAt(path);
      return 'folder';
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (!isMismatch(error)) throw error;
    }
    return (await orIfMissing(fileAt(path), undefined)) ? 'file' : undefined;
  },
  async sweep(folder, prefix) {
    for (const name of await originStore.list(folder)) {
      if (name.startsWith(prefix) && HALF_WRITTEN.test(name)) await originStore.remove(joinPath(folder, name));
    }
  },
  resolve: (path) => `/${partsOf(path).join('/')}`,
};

/** @throws Error saying so, where the browser has no such files */
async function root(): Promise<FileSystemDirectoryHandle> {
  const { storage } = globalThis.navigator ?? {};
  if (typeof storage?.getDirectory !== 'function' || !('createWritable' in FileSystemFileHandle.prototype)) {
    throw new Error(
      "This page has no files of its own: browsers keep the origin's private file system for pages that are served by https or from localhost, " +
        'and Safari has it from version 26 on. Serve the page so, or leave out what writes files, such as checkpoints.',
    );
  }
  return storage.getDirectory();
}

/** Names of folders from the root on, and the last of all, without `.`, `..` and empty ones. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

const nameIn = (path: string) => partsOf(path).at(-1) ?? '';

async function folderAt(path: string, create = false): Promise<FileSystemDirectoryHandle> {
  let folder = await root();
  for (const part of partsOf(path)) folder = await folder.getDirectoryHandle(part, { create });
  return folder;
}

async function fileAt(path: string, create = false): Promise<FileSystemFileHandle> {
  const folder = await folderAt(folderOf(path));
  return folder.getFileHandle(nameIn(path), { create });
}

async function closing(stream: FileSystemWritableFileStream, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await stream.abort();
    throw error;
  }
  await stream.close();
}

const isMissing = (error: unknown) => (error as DOMException).name === 'NotFoundError';
const isMismatch = (error: unknown) => (error as DOMException).name === 'TypeMismatchError';

async function orIfMissing<T, U>(found: Promise<T> | undefined, otherwise: U): Promise<T | U> {
  try {
    return (await found) ?? otherwise;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}
