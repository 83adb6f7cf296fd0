import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DataError } from '../errors.js';
import { closeFiles, type FoundCache, type OpenRecords } from './cache-file.js';
import { cachedRecords, type Wish } from './cached-records.js';
import { type Collected, collectPictures } from './collect.js';
import { FileRecords, type SetEntry } from './file-records.js';
import { holdOut, type PlacedPicture, type SetName } from './layout.js';
import { type CollectedNpy, collectNpy, isNpyFolder } from './npy-files.js';
import { areRecords, openNpyRecords } from './npy-records.js';
import { unpackNpz } from './npz-file.js';
import { type CheckedPictureOptions, checkedOptions } from './options.js';
import type { BadPicture, PictureFolder, PictureOptions, RecordSet } from './types.js';
import { byCodePoints, codeOf, listFolder } from './walk.js';

const SETS: readonly SetName[] = ['train', 'validation', 'test'];

/** Bad files that an error names. */
const MOST_NAMED = 20;

/**
 * Opens a folder of pictures, or of `.npy` files, for training. Pictures are PNG, JPEG and TIFF files at any depth. They
 * are decoded once, in worker threads, into a cache of records of one size, which is read at random; so the folder may
 * be larger than memory. The order is that of the paths' code points. docs/PICTURES.md says how folders become sets,
 * classes and masks, and what is in memory.
 *
 * @param path of the folder, or of a `.npy` or `.npz` file
 * @returns sets of records, each an array of examples for `fit`
 * @throws DataError if there are no pictures, sizes differ and none is asked for, files are damaged (unless
 *   `onBadImage` is `skip`), or the cache cannot be written; TypeError or RangeError for an option that is not what it
 *   must be; the signal's reason
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 * for (const name of ['daisy', 'rose']) {
 *   mkdirSync(`flowers/${name}`, { recursive: true });
 *   const picture = { width: 4, height: 4, channels: 1, depth: 8, data: new Uint8Array(16) } as const;
 *   for (const number of [1, 2, 3]) writeFileSync(`flowers/${name}/${number}.png`, encodePng(picture));
 * }
 * const { train, classNames } = await openPictures('flowers', { size: 8, testSplit: 0, cache: 'cache' });
 * classNames; // ['daisy', 'rose']
 * train.shape; // [8, 8, 1]; `fit(autoencoder, { x: train }, ...)` reads it
 */
export async function openPictures(path: string, options: PictureOptions = {}): Promise<PictureFolder> {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError(
      `openPictures: the path is ${JSON.stringify(path)}, expected that of a folder or of a .npy or .npz file.`,
    );
  }
  const checked = checkedOptions(options);
  const found = await placeOf(path);
  const isNpz = !found.isFolder && /\.npz$/i.test(found.place);
  const place = isNpz ? await unpackNpz(found.place, checked.settings.folder) : found.place;
  const isFolder = isNpz || found.isFolder;
  const isNpy = !isFolder || isNpyFolder((await listFolder(place, options.signal)).files);
  const collected = isNpy ? await collectNpy(place, isFolder) : await collectPictures(place, options.signal);
  for (const warning of collected.warnings) checked.settings.onWarning(warning);
  if (collected.sets.train.length === 0) {
    const what = collected.pictures.length > 0 ? 'no picture in its folder train' : 'no PNG, JPEG, TIFF or .npy file';
    throw new DataError('not-found', `${path}: there is ${what}. ${describe(collected.bad)}`.trimEnd());
  }
  const open = new OpenFolder(basename(found.place), place, collected, checked);
  try {
    return await open.open();
  } catch (error) {
    open.close();
    throw error;
  }
}

async function placeOf(path: string): Promise<{ readonly place: string; readonly isFolder: boolean }> {
  try {
    const place = await realpath(path);
    const found = await stat(place);
    if (found.isDirectory()) return { place, isFolder: true };
    if (found.isFile() && /\.np[yz]$/i.test(place)) return { place, isFolder: false };
  } catch (cause) {
    const isMissing = codeOf(cause) === 'ENOENT';
    const why = isMissing ? 'there is no such folder' : `it cannot be looked at (${codeOf(cause)})`;
    throw new DataError(isMissing ? 'not-found' : 'unreadable', `${path}: ${why}.`, { cause });
  }
  throw new DataError('mismatch', `${path}: it is neither a folder nor a .npy or .npz file.`);
}

/** Bad files in a sentence or more. */
function describe(bad: readonly BadPicture[]): string {
  const named = bad.slice(0, MOST_NAMED).map(({ path, reason }) => `\n  ${path}: ${reason}`);
  const more = bad.length > MOST_NAMED ? `\n  and ${bad.length - MOST_NAMED} more` : '';
  return bad.length === 0 ? '' : `These files are not read:${named.join('')}${more}`;
}

/** A folder that is being opened. */
class OpenFolder {
  private readonly files = new Set<number>();
  private readonly bad: BadPicture[];

  constructor(
    private readonly name: string,
    private readonly root: string,
    private readonly collected: Collected | CollectedNpy,
    private readonly options: CheckedPictureOptions,
  ) {
    this.bad = [...collected.bad];
  }

  async open(): Promise<PictureFolder> {
    const { collected, options } = this;
    const { classNames, normalClass, ignored } = collected;
    const isTestHeldOut = collected.sets.test.length === 0 && options.testSplit > 0;
    const sets = isTestHeldOut ? this.withTest() : collected.sets;
    const records =
      'arrays' in collected && areRecords(collected.arrays, options.wish)
        ? await this.direct(sets)
        : await this.cached(sets);
    const bad = this.bad.sort((a, b) => byCodePoints(a.path, b.path));
    if (bad.length > 0 && !options.isSkipping) {
      throw new DataError(
        'damaged',
        `${this.name}: ${bad.length} of its files are not read. Repair or remove them, or have them left out with onBadImage 'skip'. ${describe(bad)}`,
      );
    }
    const { train, validation, test, masks } = records;
    if (!train) throw new DataError('not-found', `${this.name}: no picture to train on is read. ${describe(bad)}`);
    const hash = createHash('sha256').update(JSON.stringify(classNames));
    for (const set of [train, validation, test, masks]) {
      hash.update(set ? `${set.name} ${set.sha256}` : 'none').update(set ? new Uint8Array(set.labels.buffer) : '');
    }
    return {
      name: this.name,
      classNames,
      normalClass,
      train,
      validation,
      test,
      isTestHeldOut: isTestHeldOut && test !== undefined,
      masks,
      bad,
      ignored: [...ignored].sort(byCodePoints),
      sha256: hash.digest('hex'),
      close: () => this.close(),
    };
  }

  close(): void {
    closeFiles(this.files);
    this.files.clear();
  }

  private withTest(): Collected['sets'] {
    const { sets, pictures } = this.collected;
    const paths = pictures.map(({ path }) => path);
    return { ...sets, ...holdOut(sets.train, paths, this.options.testSplit) };
  }

  /** Sets of `.npy` files that hold records as they are. */
  private async direct(sets: Collected['sets']): Promise<Sets> {
    const { arrays } = this.collected as CollectedNpy;
    const { onProgress } = this.options.settings;
    const opened = new Map<string, OpenRecords>();
    for (const each of arrays) {
      const records = await openNpyRecords(each, (done, total) => onProgress({ phase: 'verify', done, total }));
      this.files.add(records.file);
      opened.set(each.file.place, records);
    }
    const made: Partial<Record<SetName, RecordSet>> = {};
    for (const name of SETS) {
      const entries = sets[name].map(({ picture, label }): SetEntry & { readonly place: string } => {
        const { path, source } = this.collected.pictures[picture];
        const { array, index } = source.npy as NonNullable<typeof source.npy>;
        return { path, height: array.height, width: array.width, slot: index, count: 1, label, place: source.place };
      });
      if (entries.length === 0) continue;
      const { height, width, channels } = arrays[0].array;
      made[name] = new FileRecords(
        name,
        [height, width, channels],
        opened.get(entries[0].place) as OpenRecords,
        entries,
      );
    }
    return made;
  }

  private async cached(sets: Collected['sets']): Promise<Sets> {
    const { collected, options } = this;
    const masked = new Set(collected.masks.values());
    const wanted = SETS.flatMap((name) => sets[name]).map(({ picture }) => picture);
    const cache = await this.cacheOf(
      wanted.sort((a, b) => a - b),
      options.wish,
    );
    const made: Partial<Record<SetName, RecordSet>> = {};
    for (const name of SETS) {
      const entries = sets[name].flatMap((placed) => entriesOf(collected, placed, cache));
      if (entries.length > 0) made[name] = new FileRecords(name, shapeOf(cache), cache, entries);
    }
    if (masked.size === 0 || !made.test) return made;
    return { ...made, masks: await this.masks(sets.test, cache) };
  }

  /** Masks of the test set, in its order. */
  private async masks(test: readonly PlacedPicture[], pictures: OpenedCache): Promise<RecordSet> {
    const { collected, options } = this;
    const { height, width } = pictures.contents;
    const size = options.wish.tile === undefined ? ([height, width] as const) : undefined;
    const wish: Wish = { ...options.wish, size, channels: 1, isMask: true };
    const cache = await this.cacheOf(
      [...collected.masks.values()].sort((a, b) => a - b),
      wish,
    );
    const entries = test
      .flatMap((placed) => entriesOf(collected, placed, pictures))
      .map((entry): SetEntry => {
        const mask = collected.masks.get(entry.picture);
        const path = mask === undefined ? entry.path : collected.pictures[mask].path;
        const found = cache.byPath.get(path);
        const fits = found && found.height === entry.height && found.width === entry.width;
        if (found && !fits) {
          const reason = `The mask has ${found.height} x ${found.width} pixels (height x width), but its picture ${entry.height} x ${entry.width}.`;
          this.bad.push({ path, reason });
        }
        return { ...entry, path, slot: fits ? found.first : undefined, label: fits ? 1 : 0 };
      });
    return new FileRecords('masks', shapeOf(cache), cache, entries);
  }

  private async cacheOf(numbers: readonly number[], wish: Wish): Promise<OpenedCache> {
    const { collected, options, root } = this;
    const pictures = numbers.map((number) => collected.pictures[number]);
    const cache = await cachedRecords(pictures, wish, { ...options.settings, root });
    this.files.add(cache.file);
    const byPath = new Map<string, CachedEntry>();
    for (const each of cache.contents.pictures) {
      if ('reason' in each) this.bad.push(each);
      else byPath.set(each.path, each);
    }
    return { ...cache, byPath };
  }
}

type Sets = Partial<Record<SetName | 'masks', RecordSet>>;

type CachedEntry = Exclude<FoundCache['contents']['pictures'][number], { readonly reason: string }>;

interface OpenedCache extends FoundCache {
  readonly byPath: ReadonlyMap<string, CachedEntry>;
}

const shapeOf = ({ contents: { height, width, channels } }: OpenedCache) => [height, width, channels] as const;

function entriesOf(
  { pictures }: Collected,
  { picture, label }: PlacedPicture,
  cache: OpenedCache,
): (SetEntry & { readonly picture: number })[] {
  const found = cache.byPath.get(pictures[picture].path);
  return found ? [{ ...found, slot: found.first, label, picture }] : [];
}
