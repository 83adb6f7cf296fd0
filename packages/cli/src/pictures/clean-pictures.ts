import { InputError } from '../exit.js';
import { type FoundPictures, findPictures } from './find-pictures.js';

const stem = (path: string) => path.replace(/\.[^./]*$/, '');

/**
 * The clean picture of each noisy one: that of the same path, or else the only one whose path differs in its ending
 * alone.
 *
 * @param clean path of a folder, or of a file if there is one noisy picture
 * @returns places by the path of the noisy picture
 * @throws InputError naming the first for which there is none
 */
export async function cleanPictures(noisy: FoundPictures, clean: string): Promise<Map<string, string>> {
  const found = await findPictures(clean);
  if (!found.isFolder) {
    if (noisy.isFolder) {
      throw new InputError(`--clean: ${clean} is a file, expected a folder of clean pictures, as IN is a folder.`);
    }
    return new Map([[noisy.pictures[0].path, found.pictures[0].place]]);
  }
  const exact = new Map(found.pictures.map(({ path, place }) => [path, place]));
  const byStem = new Map<string, string[]>();
  for (const { path, place } of found.pictures) byStem.set(stem(path), [...(byStem.get(stem(path)) ?? []), place]);
  const missing: string[] = [];
  const places = new Map<string, string>();
  for (const { path } of noisy.pictures) {
    const others = byStem.get(stem(path)) ?? [];
    const place = exact.get(path) ?? (others.length === 1 ? others[0] : undefined);
    if (place === undefined) missing.push(path);
    else places.set(path, place);
  }
  if (missing.length === 0) return places;
  const others = missing.length === 1 ? '' : `, and none of ${missing.length - 1} more`;
  throw new InputError(
    `--clean: ${clean} has no clean picture of ${missing[0]}${others}. Clean pictures have the paths of noisy ones; their endings may differ.`,
  );
}
