import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The name of the file that a half-written one was to become; undefined if the name is not that of one of ours.
 *
 * @example
 * halfWritten('log.csv.0b8c1d7e-1c2d-4e3f-8a9b-0c1d2e3f4a5b.tmp'); // 'log.csv'
 * halfWritten('log.csv'); // undefined
 */
export function halfWritten(name: string): string | undefined {
  return /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
}

/**
 * Writes a file so that at its path there is, at any moment, the old file or the whole new one.
 *
 * @param lasts whether the file is to outlive a power cut: then it is on the disk when this ends
 * @throws Error of the system, after which nothing is left behind; a process that is killed leaves a half-written file
 *   of another name behind, which `halfWritten` knows
 * @example
 * import { readFileSync } from 'node:fs';
 * await writeAtomically('notes.txt', 'all or nothing');
 * readFileSync('notes.txt', 'utf8'); // 'all or nothing'
 */
export async function writeAtomically(path: string, content: string | Uint8Array, lasts = true): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  const file = await open(beside, 'wx');
  try {
    await closing(file, async () => {
      await file.writeFile(content);
      if (lasts) await file.sync();
    });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  if (lasts) await syncFolder(dirname(path));
}

async function closing(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}

/** Makes the new name last through a power cut. Windows cannot open a folder, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await closing(folder, () => folder.sync());
}
