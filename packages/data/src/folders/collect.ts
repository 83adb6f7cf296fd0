import type { WantedPicture } from './cached-records.js';
import type { PlacedPicture, SetName } from './layout.js';
import { layoutOf } from './layout.js';
import type { BadPicture } from './types.js';
import { type Listing, listFolder } from './walk.js';

/** Pictures that were found, and what they are for. */
export interface Collected {
  readonly pictures: readonly WantedPicture[];
  readonly classNames: readonly string[];
  readonly normalClass: number | undefined;
  readonly sets: Readonly<Record<SetName, readonly PlacedPicture[]>>;
  /** By picture of the test set: the number of its mask. */
  readonly masks: ReadonlyMap<number, number>;
  readonly bad: readonly BadPicture[];
  readonly ignored: readonly string[];
  readonly warnings: readonly string[];
}

/** Names of files that are expected to be pictures. */
const PICTURE = /\.(?:png|jpe?g|tiff?)$/i;

/** Collects the pictures of a folder. */
export async function collectPictures(root: string, signal: AbortSignal | undefined): Promise<Collected> {
  return collectFrom(await listFolder(root, signal));
}

function collectFrom({ files, refused, passedOver }: Listing): Collected {
  const found = files.filter(({ path }) => PICTURE.test(path));
  const paths = found.map(({ path }) => path);
  const layout = layoutOf(paths);
  const others = files.map(({ path }) => path).filter((path) => !PICTURE.test(path));
  return {
    ...layout,
    pictures: found.map(({ path, place, bytes, changed }) => ({ path, source: { place, bytes }, changed })),
    bad: refused,
    ignored: [...others, ...layout.strays.map((picture) => paths[picture]), ...passedOver],
  };
}
