import { availableParallelism } from 'node:os';
import { checkOption, checkOptions, checkWholeNumber, shown } from '../checks.js';
import { MAX_PIXELS } from '../pictures/picture.js';
import { cacheFolder } from './cache-folder.js';
import type { CacheSettings, Wish } from './cached-records.js';
import type { PictureOptions } from './types.js';

const KNOWN = [
  'size',
  'fit',
  'tile',
  'overlap',
  'channels',
  'onBadImage',
  'testSplit',
  'cache',
  'threads',
  'maxPixels',
  'largePixels',
  'signal',
  'onProgress',
  'onWarning',
];

/** Largest side of a record. */
const MOST_SIDE = 16384;
const MOST_THREADS = 256;
const LARGE_PIXELS = 4_000_000;
const TEST_SPLIT = 0.2;

/** Options that were checked, with defaults. */
export interface CheckedPictureOptions {
  readonly wish: Wish;
  readonly settings: Omit<CacheSettings, 'root'>;
  readonly testSplit: number;
  readonly isSkipping: boolean;
}

const oneOf = (values: readonly unknown[], value: unknown) => values.includes(value);

/** @throws TypeError or RangeError if an option is not what it must be */
export function checkedOptions(options: PictureOptions): CheckedPictureOptions {
  const call = 'openPictures';
  checkOptions(call, options, KNOWN);
  const { size, tile, overlap = 0, channels, fit = 'stretch', onBadImage = 'stop', testSplit = TEST_SPLIT } = options;
  const { threads = availableParallelism(), maxPixels = MAX_PIXELS, largePixels = LARGE_PIXELS, signal } = options;
  const { onProgress = () => {}, onWarning = () => {}, cache } = options;
  const sides = checkedSize(size);
  if (tile !== undefined) {
    checkWholeNumber(`${call}: tile`, tile, 1, MOST_SIDE);
    checkWholeNumber(`${call}: overlap`, overlap, 0, tile - 1);
    if (sides) throw new RangeError(`${call}: both size and tile are given. Give one of them.`);
  } else if (options.overlap !== undefined) {
    throw new RangeError(`${call}: overlap is given without tile. Give the size of tiles, too.`);
  }
  checkOption(call, 'channels', channels, oneOf([1, 3, 4], channels), '1, 3 or 4');
  checkOption(call, 'fit', fit, oneOf(['stretch', 'crop', 'pad'], fit), "'stretch', 'crop' or 'pad'");
  checkOption(call, 'onBadImage', onBadImage, oneOf(['skip', 'stop'], onBadImage), "'skip' or 'stop'");
  const isShare = typeof testSplit === 'number' && testSplit >= 0 && testSplit < 1;
  checkOption(call, 'testSplit', testSplit, isShare, 'a number from 0 to below 1');
  checkOption(call, 'cache', cache, typeof cache === 'string' && cache !== '', 'the path of a folder');
  checkOption(call, 'signal', signal, signal instanceof AbortSignal, "an AbortController's signal");
  checkOption(call, 'onProgress', onProgress, typeof onProgress === 'function', 'a function');
  checkOption(call, 'onWarning', onWarning, typeof onWarning === 'function', 'a function');
  checkWholeNumber(`${call}: threads`, threads, 1, MOST_THREADS);
  checkWholeNumber(`${call}: maxPixels`, maxPixels, 1);
  checkWholeNumber(`${call}: largePixels`, largePixels, 1);
  return {
    wish: { size: sides, tile, overlap, channels, fit, isMask: false },
    settings: { folder: cacheFolder(cache), threads, maxPixels, largePixels, signal, onProgress, onWarning },
    testSplit,
    isSkipping: onBadImage === 'skip',
  };
}

function checkedSize(size: PictureOptions['size']): readonly [number, number] | undefined {
  if (size === undefined) return undefined;
  const sides: readonly unknown[] = typeof size === 'number' ? [size, size] : size;
  const isSides = Array.isArray(sides) && sides.length === 2;
  if (!isSides) {
    throw new TypeError(`openPictures: size is ${shown(size)}, expected a number of pixels, or [height, width].`);
  }
  for (const side of sides) checkWholeNumber('openPictures: size', side, 1, MOST_SIDE);
  return sides as unknown as readonly [number, number];
}
