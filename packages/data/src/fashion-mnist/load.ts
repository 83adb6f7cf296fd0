import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ImageDataset, LoadedData } from '../dataset.js';
import { type DownloadOptions, downloadFiles, type RemoteFile } from '../download/download.js';
import { DataError } from '../errors.js';
import type { IdxArray } from '../idx/format.js';
import { readIdx } from '../idx/read.js';
import { defaultDirectories, downloadDirectory, type SearchDirectory } from './directories.js';
import {
  FASHION_MNIST_CLASS_NAMES,
  FASHION_MNIST_FILES,
  FASHION_MNIST_MIRRORS,
  type FashionMnistFiles,
} from './files.js';

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
const LARGEST_FILE = 2 ** 28;

const asGiven = (path: string): SearchDirectory => ({ path: resolve(path), label: path });

/** The names among `files` that a folder lacks. A file that is there but damaged counts as there. */
async function missingFiles(directory: SearchDirectory, files: readonly RemoteFile[]): Promise<RemoteFile[]> {
  const missing = await Promise.all(
    files.map((file) =>
      stat(join(directory.path, file.name)).then(
        () => false,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return true;
          throw new DataError('unreadable', `Fashion-MNIST: ${file.name} cannot be read: ${error.message}.`);
        },
      ),
    ),
  );
  return files.filter((_, i) => missing[i]);
}

async function readVerified(directory: SearchDirectory, file: RemoteFile): Promise<IdxArray> {
  const path = join(directory.path, file.name);
  const remedy = `Delete it and run again to fetch it anew. It is in ${directory.label}.`;
  const bytes = await stat(path)
    .then(({ size }) => {
      if (size === file.bytes) return readFile(path);
      throw new DataError(
        'damaged',
        `Fashion-MNIST: ${file.name} is damaged (${size} bytes, expected ${file.bytes}). ${remedy}`,
      );
    })
    .catch((cause: Error) => {
      if (cause instanceof DataError) throw cause;
      throw new DataError('unreadable', `Fashion-MNIST: ${file.name} cannot be read: ${cause.message}.`, { cause });
    });
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (md5 !== file.md5) {
    throw new DataError(
      'damaged',
      `Fashion-MNIST: ${file.name} is damaged (MD5 ${md5}, expected ${file.md5}). ${remedy}`,
    );
  }
  return readIdx(bytes, { name: `Fashion-MNIST: ${file.name}`, maximumBytes: LARGEST_FILE });
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
 * Reads the four files from the first folder that has them all, else downloads those that are missing. Files are
 * verified by MD5 and never overwritten: a damaged one is reported and left for the user to delete.
 *
 * @throws DataError `not-found`, `download`, `damaged`, `mismatch`, `unreadable` or `unwritable`; the signal's
 *         reason if it was aborted
 * @see Xiao, Rasul and Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine learning
 */
export async function loadFashionMnist(options: FashionMnistOptions = {}): Promise<LoadedData> {
  options.signal?.throwIfAborted();
  const layout = options.files ?? FASHION_MNIST_FILES;
  const files = [layout.trainImages, layout.trainLabels, layout.testImages, layout.testLabels];
  const searched = options.directories?.map(asGiven) ?? defaultDirectories(options.relativeTo ?? process.cwd());
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
