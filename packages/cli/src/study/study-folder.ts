import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from '@weft/pool';
import { OutputError } from '../exit.js';
import { callersFolder, pnpmScript } from '../run/directory.js';
import { Lock } from '../run/lock.js';
import { resumeCommand } from '../run/resume.js';

/** The folder that a study is written into, by one process at a time. */
export class StudyFolder {
  /** Whether there is something to go on with. */
  isBegun = false;

  private constructor(
    /** Absolute. */
    readonly path: string,
    private readonly lock: Lock,
    /** The outermost folder that was made for it. */
    private readonly made: string | undefined,
  ) {}

  /** @throws OutputError if the folder cannot be written, or another process writes into it */
  static async open(path: string): Promise<StudyFolder> {
    const absolute = resolve(callersFolder(), path);
    try {
      const made = await makeFolders(absolute);
      const folder = new StudyFolder(absolute, await Lock.take(join(absolute, 'study.lock'), path), made);
      folder.isBegun = existsSync(folder.file('study.json'));
      return folder;
    } catch (cause) {
      if (cause instanceof OutputError) throw cause;
      throw new OutputError(
        `--out: the folder ${path} cannot be written: ${(cause as Error).message}. Choose another with --out DIR.`,
        { cause },
      );
    }
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Lets others write into the folder, and removes it again if it was made for this study and nothing is in it. */
  async close(): Promise<void> {
    this.lock.free();
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

/** `reports/studies/2026-01-31T235959Z-seeds`: a new folder for a study, named by its beginning in UTC. */
export function defaultStudyPath(name: string, startedAt: Date): string {
  const stem = join('reports', 'studies', `${startedAt.toISOString().slice(0, 19).replaceAll(':', '')}Z-${name}`);
  let path = stem;
  for (let index = 2; existsSync(resolve(callersFolder(), path)); index++) path = `${stem}-${index}`;
  return path;
}

/** What a user types to go on with the study in a folder. */
export function studyCommand(path: string): string {
  const command = pnpmScript() === undefined ? 'weft study' : 'pnpm weft study';
  return resumeCommand(path).replace(/^.*?(?= --resume )/, command);
}
