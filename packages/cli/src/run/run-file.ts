import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InputError } from '../exit.js';
import { shownPath } from './directory.js';

/**
 * The text of a file in a run's folder, which may have come from anywhere. A link may lead to what is none of the
 * run's and would then stand in its report; a pipe would be read for ever.
 *
 * @throws InputError if the file lies elsewhere or is none; Error of the system if it cannot be read
 */
export async function readRunFile(folder: string, name: string): Promise<string> {
  const given = resolve(folder, name);
  const path = await realpath(given);
  const within = relative(await realpath(folder), path);
  if (within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within)) {
    throw new InputError(
      `${shownPath(given)} is a link to a file outside of the run's folder. Put a copy in its place.`,
    );
  }
  if (!(await stat(path)).isFile()) {
    throw new InputError(`${shownPath(given)} is no file that can be read to its end. Remove it.`);
  }
  return readFile(path, 'utf8');
}
