import { stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { givenPath } from '../commands/trained-models.js';
import { UsageError } from '../exit.js';
import type { FoundPictures } from './find-pictures.js';
import { OutputFiles, resultNames } from './output-files.js';

/** Where the results of pictures go. */
export interface PictureOutput {
  readonly files: OutputFiles;
  /** Names within the folder of `files`, by the path of the picture: one for each ending, in their order. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/**
 * Plans PNG files for pictures: of a folder a folder with the same folders in it, of a file a file, or one in a folder
 * that is there.
 *
 * @param out     as the user gave it
 * @param endings of the files of a picture, such as `.png` and `.noisy.png`: the first is that of OUT
 * @throws UsageError if it does not end in .png, or files are there that may not be replaced
 */
export async function planPictures(
  { pictures, isFolder }: FoundPictures,
  out: string,
  { overwrite, endings = ['.png'] }: { readonly overwrite: boolean; readonly endings?: readonly string[] },
): Promise<PictureOutput> {
  const place = givenPath(out);
  const toFile = !isFolder && !(await isThere(place, out));
  if (toFile && !/\.png$/i.test(out)) {
    throw new UsageError(
      `OUT: got '${out}', expected a name that ends in .png, or a folder: results are written as PNG. Give for instance ${basename(out).replace(/\.[^.]*$/, '')}.png.`,
    );
  }
  const stems = toFile
    ? new Map([[pictures[0].path, basename(place).slice(0, -4)]])
    : resultNames(
        pictures.map(({ path }) => path),
        endings,
      );
  const names = new Map([...stems].map(([path, stem]) => [path, endings.map((ending) => stem + ending)] as const));
  if (toFile) names.set(pictures[0].path, [basename(place), ...(names.get(pictures[0].path) ?? []).slice(1)]);
  const inputs = pictures.map((picture) => picture.place);
  const folder = toFile ? dirname(place) : place;
  return { files: await OutputFiles.plan(folder, [...names.values()].flat(), { overwrite, inputs }), names };
}

/** Whether OUT is a folder, or is meant to be one. */
async function isThere(place: string, out: string): Promise<boolean> {
  if (out.endsWith('/') || out.endsWith(sep)) return true;
  return stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
