import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the public packages. */
export const packagesFolder = fileURLToPath(new URL('../../packages', import.meta.url));

/** Names of the public packages' folders, in alphabetical order. */
export const packageNames: readonly string[] = readdirSync(packagesFolder).sort();

/** Paths of all files below a folder, relative to it, with `/` between folders; none if there is no folder. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1).replaceAll('\\', '/'))
    .sort();
}
