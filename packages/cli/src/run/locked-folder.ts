import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '@weft/pool';
import { OutputError } from '../exit.js';
import { refuseLinks } from './links.js';
import { Lock } from './lock.js';

/** A folder that one process at a time writes into. */
export class LockedFolder {
  private lock: Lock | undefined;

  private constructor(
    /** Absolute. */
    readonly path: string,
    /** The outermost folder that was made for it; undefined if it was there before. */
    private readonly made: string | undefined,
  ) {}

  /**
   * Makes the folder, and keeps others from writing into it.
   *
   * @param path     absolute
   * @param asked    the path as the user gave it, for messages
   * @param lockFile name of the file that keeps others out
   * @param within   folders within it that are written into, and must be no links
   * @throws OutputError if that fails, or another process writes into it
   */
  static async open(
    path: string,
    asked: string,
    lockFile: string,
    within: readonly string[] = [],
  ): Promise<LockedFolder> {
    let folder: LockedFolder | undefined;
    try {
      folder = new LockedFolder(path, await makeFolders(path));
      await refuseLinks(path, within);
      folder.lock = await Lock.take(join(path, lockFile), asked);
      return folder;
    } catch (cause) {
      await folder?.close();
      if (cause instanceof OutputError) throw cause;
      throw new OutputError(
        `--out: the folder ${asked} cannot be written: ${(cause as Error).message}. Choose another with --out DIR.`,
        { cause },
      );
    }
  }

  /** Path of a file in the folder. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Lets others write into the folder, and removes it again if it was made here and nothing is in it. */
  async close(): Promise<void> {
    this.lock?.free();
    if (!this.made) return;
    for (let folder = this.path; folder.length >= this.made.length; folder = dirname(folder)) {
      const removed = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
  }
}
