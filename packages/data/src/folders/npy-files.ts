import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { NPY_HEADER_BYTES, NpyError, npyHeader } from '@weft/formats/arrays';
import { DataError } from '../errors.js';
import type { WantedPicture } from './cached-records.js';
import type { Collected } from './collect.js';
import type { PlacedPicture, SetName } from './layout.js';
import { type NpyArray, npyArray, npyLabels } from './npy.js';
import { codeOf, type FoundFile, listFolder } from './walk.js';

/** A `.npy` file of pictures that is a set. */
export interface NpySet {
  readonly set: SetName;
  readonly file: FoundFile;
  readonly array: NpyArray;
}

/** Pictures of `.npy` files. */
export interface CollectedNpy extends Collected {
  readonly arrays: readonly NpySet[];
}

const SETS: Readonly<Record<string, SetName>> = {
  train: 'train',
  test: 'test',
  validation: 'validation',
  val: 'validation',
};

/** Largest file of labels. */
const MOST_LABEL_BYTES = 2 ** 30;

/** Whether the files of a folder are `.npy` files, which lie directly in it. */
export const isNpyFolder = (files: readonly FoundFile[]): boolean => files.some(({ path }) => isNpy(path));

const isNpy = (path: string) => /^[^/]+\.npy$/i.test(path);

/**
 * Collects the pictures of `.npy` files: one file, or those of a folder. In a folder `train.npy` is the training set, and
 * `test.npy` and `validation.npy` (or `val.npy`) are the others; without them, there is one file. Labels are in
 * `NAME_labels.npy` beside NAME.npy, or in `labels.npy` beside the only one.
 *
 * @param path of a file or a folder
 * @throws DataError if a file is not read, or labels are not as many as pictures
 */
export async function collectNpy(path: string, isFolder: boolean): Promise<CollectedNpy> {
  const root = isFolder ? path : dirname(path);
  const listing = await listFolder(root);
  const direct = listing.files.filter((file) => isNpy(file.path));
  const sets = setsOf(root, isFolder ? direct : direct.filter((file) => file.path === basename(path)));
  const arrays: NpySet[] = [];
  const labels: (Int32Array | undefined)[] = [];
  for (const [set, file] of sets) {
    const array = await arrayOf(file);
    const ofSet = await labelsOf(file, direct, sets.length === 1);
    if (ofSet && ofSet.length !== array.count) {
      throw new DataError(
        'mismatch',
        `${file.path} has ${array.count} pictures, but there are ${ofSet.length} labels for them. Give one for each.`,
      );
    }
    arrays.push({ set, file, array });
    labels.push(ofSet);
  }
  const used = new Set([...sets.map(([, file]) => file.path)]);
  const ignored = isFolder
    ? listing.files.filter((file) => !used.has(file.path) && !isLabels(file.path)).map((file) => file.path)
    : [];
  return { ...placed(arrays, labels), arrays, bad: isFolder ? listing.refused : [], ignored };
}

function placed(arrays: readonly NpySet[], labels: readonly (Int32Array | undefined)[]) {
  const pictures: WantedPicture[] = [];
  const sets: Record<SetName, PlacedPicture[]> = { train: [], validation: [], test: [] };
  const hasClasses = labels.every((each) => each !== undefined);
  let classes = 0;
  for (const [which, { set, file, array }] of arrays.entries()) {
    for (let index = 0; index < array.count; index++) {
      const label = hasClasses ? (labels[which] as Int32Array)[index] : 0;
      classes = Math.max(classes, label + 1);
      sets[set].push({ picture: pictures.length, label });
      const source = { place: file.place, bytes: file.bytes, npy: { array, index } };
      pictures.push({ path: `${file.path}#${index}`, source, changed: file.changed });
    }
  }
  const some = labels.some((each) => each !== undefined);
  return {
    pictures,
    sets,
    classNames: hasClasses ? Array.from({ length: classes }, (_, label) => String(label)) : [],
    normalClass: undefined,
    masks: new Map<number, number>(),
    warnings: some && !hasClasses ? ['Not every .npy file of pictures has labels, so that there are no classes.'] : [],
  };
}

const isLabels = (path: string) => /^(?:.*[_-])?labels\.npy$/i.test(path);

/** @throws DataError if it cannot be told which file is which set */
function setsOf(root: string, files: readonly FoundFile[]): (readonly [SetName, FoundFile])[] {
  const pictures = files.filter(({ path }) => !isLabels(path));
  const named = pictures.map((file) => [SETS[stem(file.path)], file] as const);
  const isSplit = named.some(([set]) => set === 'train');
  const sets = isSplit ? named.filter((each): each is readonly [SetName, FoundFile] => each[0] !== undefined) : [];
  if (isSplit && new Set(sets.map(([set]) => set)).size === sets.length) return sets;
  if (!isSplit && pictures.length === 1) return [['train', pictures[0]]];
  throw new DataError(
    'mismatch',
    `${root}: got ${pictures.map(({ path }) => path).join(', ') || 'no .npy file of pictures'}; expected train.npy with test.npy and ` +
      'validation.npy if there are such sets, or one .npy file. Labels are in train_labels.npy and so on, or labels.npy.',
  );
}

const stem = (path: string) => path.toLowerCase().replace(/\.npy$/, '');

async function labelsOf(
  file: FoundFile,
  files: readonly FoundFile[],
  isOnly: boolean,
): Promise<Int32Array | undefined> {
  const names = [`${stem(file.path)}_labels`, `${stem(file.path)}-labels`, ...(isOnly ? ['labels'] : [])];
  const found = files.find(({ path }) => names.includes(stem(path)));
  if (!found) return undefined;
  if (found.bytes > MOST_LABEL_BYTES)
    throw new DataError('too-large', `${found.path}: the file has ${found.bytes} bytes, which is too much for labels.`);
  return about(found, async () => npyLabels(await startOf(found, found.bytes)));
}

const arrayOf = (file: FoundFile) =>
  about(file, async () => npyArray(npyHeader(await startOf(file, NPY_HEADER_BYTES), file.bytes)));

async function about<T>(file: FoundFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof NpyError) throw new DataError('damaged', `${file.path}: ${cause.message}`, { cause });
    throw new DataError('unreadable', `${file.path}: the file cannot be read (${codeOf(cause)}).`, { cause });
  }
}

/** The first bytes of a file, up to a number. */
async function startOf(file: FoundFile, most: number): Promise<Uint8Array> {
  const handle = await open(file.place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const bytes = new Uint8Array(Math.min(most, file.bytes));
    let at = 0;
    for (let got = 1; at < bytes.length && got > 0; at += got) {
      got = (await handle.read(bytes, at, bytes.length - at, at)).bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}
