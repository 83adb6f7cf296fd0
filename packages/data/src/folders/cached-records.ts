import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import type { Fit } from '../pictures/resize.js';
import { tileGrid } from '../pictures/tiles.js';
import { type CacheContents, type CachedPicture, CacheWriter, type FoundCache, openCache } from './cache-file.js';
import type { Failed, Looked, Made, Making } from './make-records.js';
import { type Job, PictureWorkers } from './picture-workers.js';
import type { PictureSource } from './source.js';
import type { PictureProgress } from './types.js';

/** Changes when the same file may give other records. */
const DECODER_VERSION = 1;

/** Files of a worker's task, unless they are large: so many, and pixels of all. */
const JOB_FILES = 8;
const JOB_PIXELS = 500_000;

/** A file of a few pixels that takes so many bytes is as large as one of many pixels. */
const LARGE_FILE_BYTES = 64 * 2 ** 20;

/** A picture that is to become records. */
export interface WantedPicture {
  readonly path: string;
  readonly source: PictureSource;
  /** When the file was changed. */
  readonly changed: string;
}

/** What records are to be like; without `size` and `tile`, as the pictures are. */
export interface Wish {
  readonly size: readonly [height: number, width: number] | undefined;
  readonly tile: number | undefined;
  readonly overlap: number;
  readonly channels: 1 | 3 | 4 | undefined;
  readonly fit: Fit;
  readonly isMask: boolean;
}

/** How pictures are decoded. */
export interface CacheSettings {
  readonly folder: string;
  /** What tells this folder of pictures from others. */
  readonly root: string;
  readonly threads: number;
  readonly maxPixels: number;
  readonly largePixels: number;
  readonly signal: AbortSignal | undefined;
  onProgress(progress: PictureProgress): void;
  onWarning(message: string): void;
}

/**
 * The records of pictures: from the cache if it has them, else decoded into it.
 *
 * @throws DataError if the cache cannot be written, or pictures are of different sizes and none is wished for
 */
export async function cachedRecords(
  pictures: readonly WantedPicture[],
  wish: Wish,
  settings: CacheSettings,
): Promise<FoundCache> {
  const key = sha256({
    version: DECODER_VERSION,
    wish,
    maxPixels: settings.maxPixels,
    files: pictures.map(({ path, changed, source }) => [path, source.bytes, source.npy?.index ?? -1, changed]),
  });
  // The name does not depend on the files: a folder that has changed gets its new cache where the old one was.
  const path = join(settings.folder, `${sha256({ root: settings.root, wish }).slice(0, 32)}.weft-records`);
  const found = await openVerified(path, key, settings);
  if (found) return found;
  await writeCache(path, key, pictures, wish, settings);
  const written = await openVerified(path, key, settings);
  if (written) return written;
  throw new DataError('damaged', `The cache of pictures ${path} was changed while it was written. Run again.`);
}

async function openVerified(path: string, key: string, { onProgress, onWarning }: CacheSettings) {
  try {
    return await openCache(path, key, (done, total) => onProgress({ phase: 'verify', done, total }));
  } catch (error) {
    if (!(error instanceof DataError && error.code === 'damaged')) throw error;
    onWarning(`${error.message} It is made anew.`);
    return undefined;
  }
}

const sha256 = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

type Sized = WantedPicture & Looked;
type Refused = { readonly path: string } & Failed;

async function writeCache(
  path: string,
  key: string,
  pictures: readonly WantedPicture[],
  wish: Wish,
  settings: CacheSettings,
): Promise<void> {
  const threads = Math.max(1, Math.min(settings.threads, pictures.length));
  const workers = new PictureWorkers({ threads, signal: settings.signal });
  try {
    const looked = await lookAt(pictures, workers, settings);
    const making = makingOf(looked.sized, wish);
    await decodeInto(path, key, looked, making, workers, settings);
  } finally {
    await workers.close();
  }
}

/** Sizes of pictures, and those that have none. */
async function lookAt(pictures: readonly WantedPicture[], workers: PictureWorkers, settings: CacheSettings) {
  const results = new Map<WantedPicture, Looked | Failed>();
  const jobs = jobsOf(pictures, 64, Number.POSITIVE_INFINITY, () => 0);
  const { onProgress, maxPixels } = settings;
  await workers.doAll<WantedPicture, Looked>(
    jobs,
    (sources) => ({ kind: 'look', sources }),
    (picture, result) => {
      results.set(picture, result);
      onProgress({ phase: 'look', done: results.size, total: pictures.length });
    },
  );
  const sized: Sized[] = [];
  const refused: Refused[] = [];
  for (const picture of pictures) {
    const result = results.get(picture) as Looked | Failed;
    if ('reason' in result) refused.push({ path: picture.path, reason: result.reason });
    else if (result.height * result.width > maxPixels) {
      const reason = `The picture is ${result.width} x ${result.height} pixels; at most ${maxPixels} pixels are read.`;
      refused.push({ path: picture.path, reason });
    } else sized.push({ ...picture, ...result });
  }
  return { sized, refused };
}

/** Pictures in tasks of several files. */
function jobsOf<Picture extends WantedPicture>(
  pictures: readonly Picture[],
  mostFiles: number,
  mostPixels: number,
  pixelsOf: (picture: Picture) => number,
  isLarge: (picture: Picture) => boolean = () => false,
): Job<Picture>[] {
  const jobs: { items: Picture[]; pixels: number; isLarge: boolean }[] = [];
  for (const picture of pictures) {
    const last = jobs.at(-1);
    const pixels = pixelsOf(picture);
    const fits = last && !last.isLarge && last.items.length < mostFiles && last.pixels + pixels <= mostPixels;
    if (isLarge(picture)) jobs.push({ items: [picture], pixels, isLarge: true });
    else if (fits) {
      last.items.push(picture);
      last.pixels += pixels;
    } else jobs.push({ items: [picture], pixels, isLarge: false });
  }
  return jobs;
}

/** @throws DataError with code `mismatch` if pictures differ in size and none is wished for */
function makingOf(pictures: readonly Sized[], wish: Wish): Making {
  const { size, tile, overlap, fit, isMask } = wish;
  const hasColours = pictures.some(({ channels }) => channels >= 3);
  const channels = wish.channels ?? (hasColours ? 3 : 1);
  const [first] = pictures;
  const [height, width] = size ?? (tile !== undefined ? [tile, tile] : [first?.height ?? 1, first?.width ?? 1]);
  const other = pictures.find((picture) => picture.height !== height || picture.width !== width);
  if (!size && tile === undefined && other) {
    throw new DataError(
      'mismatch',
      `The pictures are of different sizes, such as ${first.path} with ${first.height} x ${first.width} pixels (height x width) and ` +
        `${other.path} with ${other.height} x ${other.width}. Give size to resize them, or tile to cut them.`,
    );
  }
  return { height, width, channels, fit, overlap: tile === undefined ? undefined : overlap, isMask };
}

async function decodeInto(
  path: string,
  key: string,
  { sized, refused }: { readonly sized: readonly Sized[]; readonly refused: readonly Refused[] },
  making: Making,
  workers: PictureWorkers,
  settings: CacheSettings,
): Promise<void> {
  const { height, width, channels, overlap } = making;
  const countOf = (picture: Sized) => {
    if (overlap === undefined) return 1;
    const { tops, lefts } = tileGrid(picture.width, picture.height, height, overlap);
    return tops.length * lefts.length;
  };
  const slots = new Map<Sized, { readonly first: number; readonly count: number }>();
  let slotCount = 0;
  for (const picture of sized) {
    const count = countOf(picture);
    slots.set(picture, { first: slotCount, count });
    slotCount += count;
  }
  const done = new Map<string, CachedPicture>(refused.map((each) => [each.path, each]));
  const writer = await CacheWriter.create(path, height * width * channels, slotCount);
  const { largePixels, maxPixels, onProgress } = settings;
  const pixelsOf = (picture: Sized) => picture.height * picture.width;
  const isLarge = (picture: Sized) =>
    pixelsOf(picture) > largePixels || (picture.source.bytes > LARGE_FILE_BYTES && !picture.source.npy);
  try {
    await workers.doAll<Sized, Made>(
      jobsOf(sized, JOB_FILES, JOB_PIXELS, pixelsOf, isLarge),
      (sources) => ({ kind: 'make', sources, making, limits: { maxPixels } }),
      async (picture, made) => {
        const place = slots.get(picture) as { readonly first: number; readonly count: number };
        const isSame = !('reason' in made) && made.height === picture.height && made.width === picture.width;
        if (isSame) {
          await writer.write(place.first, made.records, made.digests);
          done.set(picture.path, { path: picture.path, height: made.height, width: made.width, ...place });
        } else {
          const reason = 'reason' in made ? made.reason : 'Its pixels are not those that its header states.';
          done.set(picture.path, { path: picture.path, reason });
        }
        onProgress({ phase: 'decode', done: done.size, total: sized.length + refused.length });
      },
    );
    const inOrder = [...sized, ...refused].map((picture) => done.get(picture.path) as CachedPicture);
    const contents: CacheContents = { key, height, width, channels, slots: slotCount, pictures: inOrder };
    await writer.finish(contents);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
