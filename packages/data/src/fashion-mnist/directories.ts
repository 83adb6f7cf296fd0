import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A folder and the way to speak of it where others may read it. */
export interface SearchDirectory {
  path: string;
  label: string;
  /** Whether the user has named it in WEFT_DATA_DIR. */
  isNamed?: boolean;
}

/** The folder of the pnpm workspace around the current directory, or the current directory outside of one. */
function workspaceRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
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
