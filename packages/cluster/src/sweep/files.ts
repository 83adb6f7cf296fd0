import { integer, list, record, sha256, text, type ValuesOf } from '../wire/fields.js';
import { MessageError } from '../wire/message-error.js';

const fileFields = { path: text(100, { least: 1 }), bytes: integer(0, 2 ** 30), sha256: sha256() };

/** A file of a folder: its path in it, with `/` between names, and what it holds. */
export type SentFile = ValuesOf<typeof fileFields>;

/** A file whose path nothing derives from. */
export const fileField = record(fileFields);

/** The files of a folder. */
export const filesField = list(fileField, { most: 256 });

/** Bounds of the files of one trial. */
export interface FileRules {
  /** Whether a run writes a file of this path, which has `/` between folders. */
  readonly isRunFile: (path: string) => boolean;
  /** Most bytes of all files of a trial; default 1 GiB. */
  readonly mostBytes?: number;
}

/** At most one folder, then a name: nothing that leads out of a folder, hides a file or has a meaning to a system. */
const PATH = /^(?:[a-z]{1,20}\/)?[a-z0-9]+(?:[.-][a-z0-9]+){0,8}$/;

/**
 * Checks a list of files that came from another machine.
 *
 * @throws MessageError if a path is not that of a run's file or comes twice, or the files are too large together
 */
export function checkFiles(files: readonly SentFile[], { isRunFile, mostBytes = 2 ** 30 }: FileRules): void {
  const paths = new Set<string>();
  let bytes = 0;
  for (const file of files) {
    if (!PATH.test(file.path) || !isRunFile(file.path) || paths.has(file.path)) {
      throw new MessageError(`files: got ${JSON.stringify(file.path)}, expected each file of a run once.`);
    }
    paths.add(file.path);
    bytes += file.bytes;
  }
  if (bytes > mostBytes) throw new MessageError(`files: got ${bytes} bytes, expected at most ${mostBytes}.`);
}
