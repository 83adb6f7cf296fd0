import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those it lies in. Node 20's own `mkdir` with `recursive` never returns where a folder cannot be
 * made although the one above it is there, as in /proc.
 *
 * @returns the outermost folder that was made, if any was
 * @throws Error of the system, after which nothing that was made is left
 * @example
 * import { existsSync } from 'node:fs';
 * await makeFolders('runs/first/figures');
 * existsSync('runs/first/figures'); // true
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  const made: string[] = [];
  for (const folder of missing) {
    try {
      await mkdir(folder);
      made.unshift(folder);
    } catch (error) {
      // Someone else may have made it in the meantime.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      for (const each of made) await rmdir(each).catch(() => undefined);
      throw error;
    }
  }
  return missing[0];
}
