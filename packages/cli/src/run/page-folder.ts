import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';
import type { Figure } from '@weft/report';
import { OutputError } from '../exit.js';
import { callersFolder, newPath, RUN_FILES, shownPath, timeInName } from './directory.js';
import { writeFigures } from './figures.js';

/** What stands in the folder of a page. */
export interface PageContent {
  readonly page: string;
  readonly figures: readonly Figure[];
  /** Text by name of file; the last one is written last, and shows that the folder is whole. */
  readonly files: Readonly<Record<string, string>>;
}

/** The folder that a command writes a page into, with its figures and numbers. */
export class PageFolder {
  private constructor(
    /** Absolute. */
    readonly path: string,
  ) {}

  /**
   * Nothing is made yet.
   *
   * @param out      as the user gave it; default `reports/<command>-<time>`
   * @param ownFile  file that shows that the folder is of such a page, which may be replaced
   * @throws OutputError if something else is there
   */
  static async plan(out: string | undefined, command: string, ownFile: string): Promise<PageFolder> {
    const path = resolve(callersFolder(), out ?? defaultPath(command));
    let names: string[] = [];
    try {
      names = await readdir(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw new OutputError(
          `--out: ${shownPath(path)} cannot be written: ${(cause as Error).message}. Give a folder.`,
          { cause },
        );
      }
    }
    if (names.length > 0 && !names.includes(ownFile)) {
      throw new OutputError(
        `--out: ${shownPath(path)} holds other files than a page of weft ${command}. Give an empty or a new folder.`,
      );
    }
    return new PageFolder(path);
  }

  /** @throws OutputError if the folder cannot be written; the signal's reason if it was aborted */
  async write({ page, figures, files }: PageContent, signal: AbortSignal): Promise<void> {
    const write = async (name: string, content: string | Uint8Array) => {
      const path = join(this.path, name);
      await makeFolders(dirname(path));
      await writeAtomically(path, content);
    };
    try {
      await writeFigures(figures, { write }, signal);
      await write(RUN_FILES.report, page);
      for (const [name, text] of Object.entries(files)) await write(name, text);
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new OutputError(
        `--out: ${shownPath(this.path)} cannot be written: ${(cause as Error).message}. Choose another with --out DIR.`,
        { cause },
      );
    }
  }

  /** For messages. */
  get report(): string {
    return shownPath(join(this.path, RUN_FILES.report));
  }
}

/** `reports/compare-2026-01-31T235959Z`: a new folder, named by its beginning in UTC. */
function defaultPath(command: string): string {
  return newPath(join('reports', `${command}-${timeInName(new Date())}`));
}
