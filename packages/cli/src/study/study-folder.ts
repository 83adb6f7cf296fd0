import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { callersFolder, datedPath, pnpmScript } from '../run/directory.js';
import { LockedFolder } from '../run/locked-folder.js';
import { resumeCommand } from '../run/resume.js';

/** A command that performs many trials in a folder, which has a file with their definition. */
export type StudyCommand = 'study' | 'sweep';

/** The folder that a study or a sweep is written into, by one process at a time. */
export class StudyFolder {
  private constructor(
    private readonly folder: LockedFolder,
    /** Whether there is something to go on with. */
    public isBegun: boolean,
  ) {}

  /** @throws OutputError if the folder cannot be written, or another process writes into it */
  static async open(path: string, command: StudyCommand): Promise<StudyFolder> {
    const folder = await LockedFolder.open(resolve(callersFolder(), path), path, 'study.lock');
    return new StudyFolder(folder, existsSync(folder.file(`${command}.json`)));
  }

  /** Absolute. */
  get path(): string {
    return this.folder.path;
  }

  file(...names: string[]): string {
    return this.folder.file(...names);
  }

  /** Lets others write into the folder, and removes it again if it was made for this study and nothing is in it. */
  close(): Promise<void> {
    return this.folder.close();
  }
}

/** `reports/studies/2026-01-31T235959Z-seeds`: a new folder for a study or a sweep, named by its beginning in UTC. */
export function defaultStudyPath(name: string, startedAt: Date): string {
  return datedPath('studies', name, startedAt);
}

/** What a user types to go on with what is in a folder. */
export function studyCommand(command: StudyCommand, path: string): string {
  const begin = pnpmScript() === undefined ? `weft ${command}` : `pnpm weft ${command}`;
  return resumeCommand(path).replace(/^.*?(?= --resume )/, begin);
}
