import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Sees to it that what is written into folders of a folder stays there. A run's folder may have come from anywhere.
 *
 * @throws Error naming the first of the folders that is a link
 */
export async function refuseLinks(path: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const isLink = await lstat(join(path, folder)).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    if (isLink) throw new Error(`${folder} in it is a link, which leads elsewhere`);
  }
}
