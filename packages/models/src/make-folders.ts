import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those it lies in. Node 20's own `mkdir` with `recursive` never returns where a folder cannot be
 * made although the one above it is there, as in /proc.
 *
 * @returns the outermost folder that was made, if any was
 * @throws Error of the system
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      // Someone else has made it in the meantime.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return missing[0];
}
