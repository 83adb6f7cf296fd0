import { createHash } from 'node:crypto';
import { byCodePoints } from './walk.js';

/** Sets by the names of their folders. */
const SET_FOLDERS: Readonly<Record<string, SetName>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  val: 'validation',
  valid: 'validation',
  test: 'test',
  testing: 'test',
};

/** Where MVTec AD has the masks of defects. */
const MASKS = 'ground_truth';

/** What MVTec AD calls the class that has no defects. */
const NORMAL = 'good';

export type SetName = 'train' | 'validation' | 'test';

/** A picture's place in the sets. */
export interface PlacedPicture {
  /** Number of the picture among the paths. */
  readonly picture: number;
  /** A number of `classNames`, or 0. */
  readonly label: number;
}

/** Which pictures belong to which set. */
export interface Layout {
  /** Whether there is a folder `train`, so that others are sets too. */
  readonly isSplit: boolean;
  readonly classNames: readonly string[];
  readonly normalClass: number | undefined;
  readonly sets: Readonly<Record<SetName, readonly PlacedPicture[]>>;
  /** By picture of the test set: the number of its mask among the paths. */
  readonly masks: ReadonlyMap<number, number>;
  /** Pictures that belong to no set. */
  readonly strays: readonly number[];
  /** What the caller should know, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Understands the folders that pictures lie in. Where there is a folder `train`, it, `test` and `validation` (or `val`)
 * are the sets; else all belong to one. Within a set, the first folder is the class. Classes are numbered from 0 in the
 * order of the code points of their names, over all sets. A set with pictures that lie in no class folder has no classes.
 *
 * @param paths of pictures, with `/` between names, in their order
 * @example
 * const paths = ['train/good/0.png', 'test/good/1.png', 'test/hole/2.png', 'ground_truth/hole/2_mask.png'];
 * const { classNames, masks } = layoutOf(paths);
 * classNames; // ['good', 'hole']
 * masks.get(2); // 3
 */
export function layoutOf(paths: readonly string[]): Layout {
  const parts = paths.map((path) => path.split('/'));
  const isSplit = parts.some(([first, ...rest]) => rest.length > 0 && SET_FOLDERS[first.toLowerCase()] === 'train');
  const strays: number[] = [];
  const placed: { set: SetName; picture: number; className: string | undefined }[] = [];
  const masks = new Map<string, number>();
  for (const [picture, names] of parts.entries()) {
    const top = names.length > 1 ? names[0].toLowerCase() : '';
    const set = isSplit ? SET_FOLDERS[top] : 'train';
    if (set) {
      const within = isSplit ? names.slice(1) : names;
      placed.push({ set, picture, className: within.length > 1 ? within[0] : undefined });
    } else if (isSplit && top === MASKS) masks.set(stem(names.slice(1).join('/')), picture);
    else strays.push(picture);
  }
  const loose = placed.filter(({ className }) => className === undefined);
  const hasClasses = placed.length > 0 && loose.length === 0;
  const named = hasClasses ? placed.map(({ className }) => className as string) : [];
  const classNames = [...new Set(named)].sort(byCodePoints);
  const numbers = new Map(classNames.map((name, number) => [name, number]));
  const sets: Record<SetName, PlacedPicture[]> = { train: [], validation: [], test: [] };
  for (const { set, picture, className } of placed) {
    sets[set].push({ picture, label: hasClasses ? (numbers.get(className as string) as number) : 0 });
  }
  const matched = masksOf(parts, sets.test, masks);
  const used = new Set(matched.values());
  strays.push(...[...masks.values()].filter((picture) => !used.has(picture)));
  const isMixed = loose.length > 0 && loose.length < placed.length;
  return {
    isSplit,
    classNames,
    normalClass: numbers.get(NORMAL),
    sets,
    masks: matched,
    strays: strays.sort((a, b) => a - b),
    warnings: isMixed
      ? [
          `${loose.length} pictures lie beside folders of pictures, such as ${paths[loose[0].picture]}: the folders are not taken as classes. Put every picture into a folder of its class to have classes.`,
        ]
      : [],
  };
}

/** `ground_truth/defect/NAME_mask.png` belongs to `test/defect/NAME.png`. */
function masksOf(
  parts: readonly (readonly string[])[],
  test: readonly PlacedPicture[],
  masks: ReadonlyMap<string, number>,
): Map<number, number> {
  const found = new Map<number, number>();
  for (const { picture } of test) {
    const name = stem(parts[picture].slice(1).join('/'));
    const mask = masks.get(`${name}_mask`) ?? masks.get(name);
    if (mask !== undefined) found.set(picture, mask);
  }
  return found;
}

const stem = (path: string) => path.replace(/\.[^./]*$/, '');

/**
 * Holds a part of each class out for testing. Chosen are the pictures whose paths have the smallest SHA-256, so that no
 * order and no seed decides, and a picture that is added changes the choice of few others.
 *
 * @param share of each class, at least one picture of a class that has two
 */
export function holdOut(
  pictures: readonly PlacedPicture[],
  paths: readonly string[],
  share: number,
): { readonly train: PlacedPicture[]; readonly test: PlacedPicture[] } {
  if (share === 0) return { train: [...pictures], test: [] };
  const chosen = new Set<number>();
  for (const label of new Set(pictures.map((each) => each.label))) {
    const ofClass = pictures
      .filter((each) => each.label === label)
      .map(({ picture }) => ({ picture, hash: createHash('sha256').update(paths[picture]).digest('hex') }))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
    const wanted = Math.round(share * ofClass.length);
    const count = Math.min(ofClass.length - 1, Math.max(1, wanted));
    for (const { picture } of ofClass.slice(0, count)) chosen.add(picture);
  }
  return {
    train: pictures.filter(({ picture }) => !chosen.has(picture)),
    test: pictures.filter(({ picture }) => chosen.has(picture)),
  };
}
