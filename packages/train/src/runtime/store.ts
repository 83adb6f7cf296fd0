/** Files, as training needs them. Names in a path are joined with `/`. */
export interface Store {
  /** @throws Error if there is no such file */
  read(path: string): Promise<Uint8Array>;
  /** Writes a file so that, at any moment, there is the old file or the whole new one at its path. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  append(path: string, text: string): Promise<void>;
  /** Names of what a folder holds; none if the folder is missing. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes a file; nothing happens if there is none. */
  remove(path: string): Promise<void>;
  /**
   * Makes a folder, and those it lies in, where they are missing.
   *
   * @throws Error if there is something else at the path, or nothing can be written into the folder
   */
  makeFolder(path: string): Promise<void>;
  /** What is at a path; undefined if there is nothing. */
  kindOf(path: string): Promise<'file' | 'folder' | 'other' | undefined>;
  /** Removes what was being written when a process was killed: of files in a folder whose names begin so. */
  sweep(folder: string, prefix: string): Promise<void>;
  /** The path from the root of all files, in the same form for all ways to write it. */
  resolve(path: string): string;
}

/**
 * A path below a folder.
 *
 * @example
 * joinPath('runs', 'model.safetensors'); // 'runs/model.safetensors'
 */
export function joinPath(folder: string, name: string): string {
  return folder === '' || folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}

/**
 * The folder that a path lies in; empty if the path is a name alone.
 *
 * @example
 * folderOf('runs/first/model.safetensors'); // 'runs/first'
 */
export function folderOf(path: string): string {
  return /^(.*)[/\\][^/\\]*$/s.exec(path)?.[1] ?? '';
}
