import { resolve } from 'node:path';
import { checkOption, checkOptions } from '../checks.js';
import type { ImageDataset, LoadedData } from '../dataset.js';
import { type DownloadOptions, downloadFiles, type RemoteFile } from '../download/download.js';
import { DataError } from '../errors.js';
import { FASHION_MNIST_CLASS_NAMES } from './class-names.js';
import { currentDirectory, defaultDirectories, downloadDirectory, type SearchDirectory } from './directories.js';
import { FASHION_MNIST_FILES, FASHION_MNIST_MIRRORS, type FashionMnistFiles } from './files.js';
import { nameIn, readVerified } from './read-verified.js';

export interface FashionMnistOptions extends Partial<DownloadOptions> {
  /** Folders to look in, in order; default WEFT_DATA_DIR, then `datasets/fashion-mnist` of the workspace. */
  directories?: readonly string[] | undefined;
  /** Folder that a relative WEFT_DATA_DIR is relative to; default the current one. */
  relativeTo?: string | undefined;
  /** Is told in a sentence if files are missing in the folder that WEFT_DATA_DIR names. */
  onWarning?: ((message: string) => void) | undefined;
  /** Whether to download what no folder has; default true. */
  download?: boolean | undefined;
  /** Where to download to; default `datasets/fashion-mnist` of the workspace. */
  downloadTo?: string | undefined;
  /** Other files in the same format, as tests and data sets made like Fashion-MNIST need them. */
  files?: FashionMnistFiles | undefined;
}

const SIDE = 28;

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isTextArray = (value: unknown) => Array.isArray(value) && value.every(isText);
const isFunction = (value: unknown) => typeof value === 'function';
const isDuration = (value: unknown) => typeof value === 'number' && value > 0;
const isLayout = (value: unknown) => FILE_KEYS.every((key) => isText((value as FashionMnistFiles | null)?.[key]?.name));

const FILE_KEYS = Object.keys(FASHION_MNIST_FILES) as (keyof FashionMnistFiles)[];

/** What each option may be, and how errors say it. */
const OPTIONS: Record<keyof FashionMnistOptions, [passes: (value: unknown) => boolean, expected: string]> = {
  directories: [isTextArray, 'an array of paths'],
  relativeTo: [isText, 'a path'],
  onWarning: [isFunction, 'a function (message) => ...'],
  download: [(value) => typeof value === 'boolean', 'true or false'],
  downloadTo: [isText, 'a path'],
  files: [isLayout, `an object of ${FILE_KEYS.join(', ')}`],
  mirrors: [isTextArray, 'an array of addresses'],
  signal: [(value) => value instanceof AbortSignal, "an AbortController's signal"],
  onProgress: [isFunction, 'a function (progress) => ...'],
  connectMilliseconds: [isDuration, 'a number above 0'],
  stallMilliseconds: [isDuration, 'a number above 0'],
  fileMilliseconds: [isDuration, 'a number above 0'],
};

function checkFashionMnistOptions(options: FashionMnistOptions): void {
  checkOptions('loadFashionMnist', options, Object.keys(OPTIONS));
  for (const [name, [passes, expected]] of Object.entries(OPTIONS)) {
    const value = options[name as keyof FashionMnistOptions];
    checkOption('loadFashionMnist', name, value, passes(value), expected);
  }
}

const asGiven = (path: string): SearchDirectory => ({ path: resolve(path), label: path });

/** Those of the files that a folder lacks. */
async function missingFiles(directory: SearchDirectory, files: readonly RemoteFile[]): Promise<RemoteFile[]> {
  const names = await Promise.all(files.map((file) => nameIn(directory, file)));
  return files.filter((_, i) => names[i] === undefined);
}

async function readSet(
  name: string,
  directory: SearchDirectory,
  imageFile: RemoteFile,
  labelFile: RemoteFile,
): Promise<ImageDataset> {
  const images = await readVerified(directory, imageFile);
  const labels = await readVerified(directory, labelFile);
  const mismatch = (message: string) => new DataError('mismatch', `Fashion-MNIST: ${message}`);
  const [count, height, width] = images.shape;
  if (images.type !== 'uint8' || images.shape.length !== 3 || height !== SIDE || width !== SIDE || count === 0) {
    throw mismatch(
      `${imageFile.name} holds ${images.type} of shape [${images.shape}], expected uint8 of shape [images, ${SIDE}, ${SIDE}].`,
    );
  }
  if (labels.type !== 'uint8' || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw mismatch(
      `${labelFile.name} holds ${labels.type} of shape [${labels.shape}], expected uint8 of shape [${count}], one label an image of ${imageFile.name}.`,
    );
  }
  const wrong = labels.data.findIndex((label) => label >= FASHION_MNIST_CLASS_NAMES.length);
  if (wrong >= 0) {
    throw mismatch(`label ${wrong} of ${labelFile.name} is ${labels.data[wrong]}, expected 0 to 9.`);
  }
  return { name, images: images.data, labels: labels.data, count: count!, height, width, channels: 1 };
}

/** Downloads what is missing; returns the folder and the mirrors that delivered. */
async function fetchMissing(
  files: readonly RemoteFile[],
  searched: readonly SearchDirectory[],
  options: FashionMnistOptions,
): Promise<{ directory: SearchDirectory; mirrors: string[] }> {
  const directory = options.downloadTo === undefined ? downloadDirectory() : asGiven(options.downloadTo);
  const advice = `put ${files.map(({ name }) => name).join(', ')} into ${directory.label}, or name their folder in WEFT_DATA_DIR.`;
  if (options.download === false) {
    const places = searched.map(({ label }) => label).join(' or ') || 'no folder';
    throw new DataError('not-found', `Fashion-MNIST is not in ${places}. Allow the download, ${advice}`);
  }
  const missing = await missingFiles(directory, files);
  try {
    const mirrors = await downloadFiles(directory.path, missing, {
      ...options,
      mirrors: options.mirrors ?? FASHION_MNIST_MIRRORS,
    });
    return { directory, mirrors };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const remedy = error.code === 'download' ? `\nCheck the network and run again, ${advice}` : '';
    throw new DataError(error.code, `Fashion-MNIST: ${error.message}${remedy}`, { cause: error });
  }
}

/**
 * Fashion-MNIST: 60,000 training and 10,000 test pictures of 28 x 28 grey values in ten classes.
 *
 * Reads the four files from the first folder that has them all, else downloads those that are missing. Each may also be
 * there compressed in another way, or uncompressed under its name without `.gz`. Files are verified by MD5 and never
 * overwritten: a damaged one is reported and left for the user to delete.
 *
 * @throws DataError `not-found`, `download`, `damaged`, `mismatch`, `unreadable` or `unwritable`; TypeError or RangeError
 *         for an option that there is not, or that is something else; the signal's reason if it was aborted
 * @see Xiao, Rasul and Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine learning
 * @example
 * const { train, test, classNames } = await loadFashionMnist();
 * train.images.length; // 47040000
 */
export async function loadFashionMnist(options: FashionMnistOptions = {}): Promise<LoadedData> {
  checkFashionMnistOptions(options);
  options.signal?.throwIfAborted();
  const layout = options.files ?? FASHION_MNIST_FILES;
  const files = [layout.trainImages, layout.trainLabels, layout.testImages, layout.testLabels];
  const searched = options.directories?.map(asGiven) ?? defaultDirectories(options.relativeTo ?? currentDirectory());
  let found: SearchDirectory | undefined;
  for (const directory of searched) {
    const missing = await missingFiles(directory, files);
    if (missing.length === 0) {
      found = directory;
      break;
    }
    if (directory.isNamed) {
      const names = missing.map(({ name }) => name).join(', ');
      options.onWarning?.(
        `WEFT_DATA_DIR: ${directory.label} does not hold ${names}. Fashion-MNIST is sought elsewhere; put them there, or name their folder.`,
      );
    }
  }
  const { directory, mirrors } = found
    ? { directory: found, mirrors: [] }
    : await fetchMissing(files, searched, options);
  const train = await readSet('Fashion-MNIST, training set', directory, layout.trainImages, layout.trainLabels);
  const test = await readSet('Fashion-MNIST, test set', directory, layout.testImages, layout.testLabels);
  return {
    name: 'fashion-mnist',
    synthetic: false,
    train,
    test,
    classNames: FASHION_MNIST_CLASS_NAMES,
    checksums: Object.fromEntries(files.map(({ name, md5 }) => [name, md5])),
    origin: mirrors.length > 0 ? `downloaded from ${mirrors.join(' and ')}` : `read from ${directory.label}`,
  };
}
