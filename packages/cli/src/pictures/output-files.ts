import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';
import { OutputError, UsageError } from '../exit.js';
import { shownPath } from '../run/directory.js';
import { realPlace } from './find-pictures.js';

interface PlannedOptions {
  readonly overwrite: boolean;
  readonly inputs?: readonly string[];
  readonly argument?: string;
}

/** Files that a command writes: none outside of a folder, none that is there already, each whole or not at all. */
export class OutputFiles {
  private constructor(
    /** Absolute, without links. */
    readonly folder: string,
    private readonly names: ReadonlySet<string>,
    private readonly argument: string,
  ) {}

  /**
   * @param folder   absolute; made when the first file is written
   * @param names    paths within the folder, with `/` between names
   * @param inputs   places of files that must not be replaced, whatever was allowed
   * @param argument what says where they go, for messages; default `OUT`
   * @throws UsageError if a file is there and may not be replaced; OutputError if the folder is none
   */
  static async plan(
    folder: string,
    names: readonly string[],
    { overwrite, inputs = [], argument = 'OUT' }: PlannedOptions,
  ): Promise<OutputFiles> {
    const files = new OutputFiles(await realFolder(folder, argument), new Set(names), argument);
    const there: string[] = [];
    const kept = new Set(inputs);
    for (const name of names) {
      const place = await files.existing(name);
      if (place === undefined) continue;
      if (kept.has(place)) {
        throw new UsageError(
          `${argument}: ${shownPath(files.place(name))} is one of the files that are read, which would be lost. Choose another ${argument}.`,
        );
      }
      there.push(shownPath(files.place(name)));
    }
    if (there.length === 0 || overwrite) return files;
    const others = there.length === 1 ? '' : ` and ${there.length - 1} more of the results`;
    throw new UsageError(
      `${argument}: ${there[0]}${others} would replace what is there. Choose another ${argument}, or give --overwrite.`,
    );
  }

  /** Absolute path of one of the files. */
  place(name: string): string {
    return join(this.folder, ...name.split('/'));
  }

  /** @throws OutputError if it cannot be written, or would be written elsewhere, through a link in the folder */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    if (!this.names.has(name)) throw new RangeError(`write: '${name}' was not planned.`);
    const place = this.place(name);
    try {
      await this.refuseLinks(dirname(place));
      await makeFolders(dirname(place));
      await this.refuseLinks(dirname(place));
      await writeAtomically(place, content);
    } catch (cause) {
      throw new OutputError(
        `${shownPath(place)} cannot be written: ${(cause as Error).message}. Make room for it, or make its folder writable.`,
        { cause },
      );
    }
  }

  /** Where the file of that name is, links followed; undefined if there is none. */
  private async existing(name: string): Promise<string | undefined> {
    const place = this.place(name);
    try {
      await lstat(place);
      return await realpath(place).catch(() => place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new OutputError(`${this.argument}: ${shownPath(place)} cannot be written: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }

  private async refuseLinks(folder: string): Promise<void> {
    const parts = relative(this.folder, folder).split(sep).filter(Boolean);
    for (let at = 1; at <= parts.length; at++) {
      const each = join(this.folder, ...parts.slice(0, at));
      const isLink = await lstat(each).then(
        (found) => found.isSymbolicLink(),
        () => false,
      );
      if (isLink) throw new Error(`${shownPath(each)} is a link, which leads elsewhere`);
    }
  }
}

async function realFolder(folder: string, argument: string): Promise<string> {
  const place = await realPlace(resolve(folder));
  const found = await lstat(place).catch(() => undefined);
  if (!found || found.isDirectory()) return place;
  throw new OutputError(`${argument}: ${shownPath(folder)} is a file, expected a folder. Choose another ${argument}.`);
}

/**
 * Names of PNG files for pictures: `a/b.jpg` becomes `a/b.png`. Pictures that would get the same name, also where the
 * system does not tell capitals from small letters, keep their endings: `b.jpg.png` and `b.png.png`.
 *
 * @param paths   with `/` between names
 * @param endings of the files of a picture; the first name that is free for all of them is taken
 * @returns by path: what comes before the ending
 */
export function resultNames(paths: readonly string[], endings: readonly string[] = ['.png']): Map<string, string> {
  const stem = (path: string) => {
    const name = basename(path);
    const dot = name.lastIndexOf('.');
    return dot > 0 ? path.slice(0, path.length - name.length + dot) : path;
  };
  const count = new Map<string, number>();
  for (const path of paths) count.set(folded(stem(path)), (count.get(folded(stem(path))) ?? 0) + 1);
  const taken = new Set<string>();
  const names = new Map<string, string>();
  const take = (path: string, candidates: Iterable<string>) => {
    for (const name of candidates) {
      const files = endings.map((ending) => folded(name + ending));
      if (files.some((file) => taken.has(file))) continue;
      for (const file of files) taken.add(file);
      names.set(path, name);
      return;
    }
  };
  const isAlone = (path: string) => count.get(folded(stem(path))) === 1;
  for (const path of paths.filter(isAlone)) take(path, chain([stem(path)], numbered(path)));
  for (const path of paths.filter((each) => !isAlone(each))) take(path, numbered(path));
  return names;
}

/** How systems that do not tell capitals apart see a name; of letters in several forms, one. */
const folded = (name: string) => name.normalize('NFC').toLowerCase();

function* chain(...lists: Iterable<string>[]): Generator<string, void, undefined> {
  for (const list of lists) yield* list;
}

function* numbered(path: string): Generator<string, void, undefined> {
  yield path;
  for (let number = 2; ; number++) yield `${path}-${number}`;
}
