import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A folder and the way to speak of it where others may read it. */
export interface SearchDirectory {
  path: string;
  label: string;
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

/** The folder that WEFT_DATA_DIR names, if it does, then `datasets/fashion-mnist` of the workspace. */
export function defaultDirectories(): SearchDirectory[] {
  const given = process.env.WEFT_DATA_DIR;
  return given ? [{ path: resolve(given), label: given }, downloadDirectory()] : [downloadDirectory()];
}
