import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { type BadPicture, listFolder } from '@weft/data';
import { InputError } from '../exit.js';
import { shownPath } from '../run/directory.js';

/** A file that is expected to be a picture. */
export interface FoundPicture {
  /** Within the folder, with `/` between names; of a file alone its name. */
  readonly path: string;
  /** Where it lies: not a link. */
  readonly place: string;
}

/** The pictures of a folder, or the one of a file. */
export interface FoundPictures {
  readonly isFolder: boolean;
  /** In the order of code points of their paths. */
  readonly pictures: readonly FoundPicture[];
  /** Links out of the folder, devices, and what cannot be looked at. */
  readonly bad: readonly BadPicture[];
}

const PICTURE = /\.(?:png|jpe?g|tiff?)$/i;

/**
 * Finds pictures by their names: PNG, JPEG and TIFF files in a folder, at any depth. Files and folders whose names begin
 * with a dot are passed over, and so is what lies in the folder that results are written into.
 *
 * @param path absolute; a file may have any name
 * @param out  the folder of results, if there is one: they are no pictures to begin with
 * @throws InputError if there is nothing at the path, or no picture in the folder
 */
export async function findPictures(path: string, out?: string): Promise<FoundPictures> {
  const [place, found] = await Promise.all([realpath(path), stat(path)]).catch((cause: Error) => {
    throw new InputError(
      `${shownPath(path)} cannot be read: ${cause.message}. Give a picture or a folder of pictures.`,
      {
        cause,
      },
    );
  });
  if (found.isFile()) return { isFolder: false, pictures: [{ path: basename(path), place }], bad: [] };
  if (!found.isDirectory()) {
    throw new InputError(`${shownPath(path)} is neither a file nor a folder. Give a picture or a folder of pictures.`);
  }
  const { files, refused } = await listFolder(place);
  const results = out === undefined ? undefined : await realPlace(out);
  const isResult = (each: string) => results !== undefined && results !== place && each.startsWith(results + sep);
  const pictures = files.filter((file) => PICTURE.test(file.path) && !isResult(file.place));
  if (pictures.length === 0 && refused.length === 0) {
    throw new InputError(
      `${shownPath(path)} holds no pictures: expected files whose names end in .png, .jpg, .jpeg, .tif or .tiff, at any depth. ${
        files.length === 0 ? 'The folder is empty.' : `It has ${files.length} other files, such as ${files[0].path}.`
      }`,
    );
  }
  return {
    isFolder: true,
    pictures: pictures.map(({ path: within, place: at }) => ({ path: within, place: at })),
    bad: refused,
  };
}

/** Where a path leads, links followed, also if its last parts are not there yet. */
export async function realPlace(path: string): Promise<string> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return [await realpath(at), ...missing].join(sep).replace(sep + sep, sep);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === dirname(at)) throw error;
      missing.unshift(basename(at));
    }
  }
}
