import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DataError } from '../errors.js';

/** A folder and the way to speak of it where others may read it. */
export interface SearchDirectory {
  path: string;
  label: string;
  /** Whether the user has named it in WEFT_DATA_DIR. */
  isNamed?: boolean;
}

/** @throws DataError if the current directory was deleted, where nothing can be looked for or downloaded to */
export function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new DataError(
      'unreadable',
      'Fashion-MNIST: the current directory is not there any more, expected one to look for data from. Change to another.',
      { cause },
    );
  }
}

/** The folder of the pnpm workspace around the current directory, or the current directory outside of one. */
function workspaceRoot(): string {
  const current = currentDirectory();
  for (let folder = current; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === dirname(folder)) return current;
  }
}

/** `datasets/fashion-mnist` of the workspace: where the files are looked for last, and downloaded to. */
export function downloadDirectory(): SearchDirectory {
  return { path: join(workspaceRoot(), 'datasets', 'fashion-mnist'), label: 'datasets/fashion-mnist' };
}

/**
 * The folder that WEFT_DATA_DIR names, if it does, then `datasets/fashion-mnist` of the workspace.
 *
 * @param base what a relative WEFT_DATA_DIR is relative to
 */
export function defaultDirectories(base: string): SearchDirectory[] {
  const given = process.env.WEFT_DATA_DIR;
  if (!given) return [downloadDirectory()];
  return [{ path: resolve(base, given), label: given, isNamed: true }, downloadDirectory()];
}
