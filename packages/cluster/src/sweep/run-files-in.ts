import { readdir } from 'node:fs/promises';

/**
 * The files of a run, of all that are in its folder.
 *
 * @param isRunFile whether a run writes a file of this path
 * @returns paths within the folder, with `/` between names, sorted
 */
export async function runFilesIn(folder: string, isRunFile: (path: string) => boolean): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(folder.length)}/${entry.name}`.replaceAll('\\', '/').slice(1))
    .filter(isRunFile)
    .sort();
}
