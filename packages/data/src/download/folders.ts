import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those it lies in. Node 20's own `mkdir` with `recursive` never returns where a folder cannot be
 * made although the one above it is there, as in /proc.
 *
 * @returns the outermost folder that was made, if any was
 * @throws Error of the system, after which nothing that was made is left
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    await mkdir(path);
    return path;
  } catch (error) {
    if (await isFolder(path)) return undefined;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path === dirname(path)) throw error;
  }
  const outermost = await makeFolder(dirname(path));
  try {
    await mkdir(path);
    return outermost ?? path;
  } catch (error) {
    if (outermost !== undefined) await removeEmpty(dirname(path), outermost);
    throw error;
  }
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Removes a folder and those it lies in, up to the outermost that was made for it, as far as nothing is in them. */
export async function removeEmpty(directory: string, outermost: string): Promise<void> {
  for (let folder = directory; folder.length >= outermost.length; folder = dirname(folder)) {
    const isRemoved = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}
