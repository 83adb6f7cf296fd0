import {
  DataError,
  type DataErrorCode,
  type FashionMnistOptions,
  type ImageDataset,
  type LoadedData,
  loadFashionMnist,
  syntheticGarments,
} from '@weft/data';
import { downloadReporter } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { callersFolder } from './directory.js';
import { onlyClasses } from './only-classes.js';
import { type FolderRequest, openFolder } from './open-folder.js';
import { firstOf, type RunData } from './run-data.js';

/** Data sets that can be asked for; `auto` is Fashion-MNIST where it can be had, else the synthetic set. */
export const DATASETS = ['auto', 'fashion-mnist', 'synthetic'] as const;

/** Which data, and how much of them. */
export interface DataRequest extends Omit<FolderRequest, 'data'> {
  /** A folder of pictures, in the place of the data set. */
  readonly data?: string | undefined;
  readonly dataset: (typeof DATASETS)[number];
  /** First training images; default all. */
  readonly limit?: number | undefined;
  /** First test images; default all. */
  readonly testLimit?: number | undefined;
  /** Numbers or names of classes, with commas between them: of the first training images those are kept. Default all. */
  readonly classes?: string | undefined;
}

/** As many images as Fashion-MNIST has. */
const FULL = { train: 60_000, test: 10_000 } as const;

/** The data set is out of reach. Any other fault, such as a damaged file, is the user's to know of. */
const OUT_OF_REACH: readonly DataErrorCode[] = ['not-found', 'download', 'unwritable'];

/**
 * Loads the images that a run is to use.
 *
 * @param options where Fashion-MNIST is looked for and fetched from
 * @throws DataError if the data cannot be had or are damaged; the signal's reason if it was aborted
 */
export async function loadData(
  request: DataRequest,
  terminal: Terminal,
  options: FashionMnistOptions = {},
): Promise<RunData> {
  const { data: path, classes, limit } = request;
  const data =
    path === undefined
      ? await loadDataset(request, terminal, options)
      : await openFolder({ ...request, data: path }, terminal, options.signal);
  try {
    const train = limit === undefined ? data.train : firstOf(data.train, limit);
    return { ...data, train: classes === undefined ? train : onlyClasses(train, classes, data.classNames) };
  } catch (error) {
    data.close();
    throw error;
  }
}

async function loadDataset(request: DataRequest, terminal: Terminal, options: FashionMnistOptions): Promise<RunData> {
  const data = request.dataset === 'synthetic' ? drawn(request) : await fetched(request, terminal, options);
  options.signal?.throwIfAborted();
  return {
    ...data,
    test: request.testLimit === undefined ? data.test : (firstOf(data.test, request.testLimit) as ImageDataset),
    preparation: {},
    close: () => undefined,
  };
}

async function fetched(request: DataRequest, terminal: Terminal, options: FashionMnistOptions): Promise<LoadedData> {
  try {
    return await loadFashionMnist({
      onProgress: downloadReporter(terminal),
      onWarning: (message) => terminal.warning(message),
      relativeTo: callersFolder(),
      ...options,
    });
  } catch (error) {
    const fallsBack = request.dataset === 'auto' && error instanceof DataError && OUT_OF_REACH.includes(error.code);
    if (!fallsBack) throw error;
    terminal.warning(
      `${error.message}\nFashion-MNIST could not be had, so a synthetic stand-in takes its place: garments drawn by Weft. ` +
        'No result of this run says anything about Fashion-MNIST. Use --dataset fashion-mnist to refuse the stand-in.',
    );
    return drawn(request);
  } finally {
    terminal.show(undefined);
  }
}

function drawn({ limit, testLimit }: DataRequest): LoadedData {
  return syntheticGarments({
    trainCount: Math.min(limit ?? FULL.train, FULL.train),
    testCount: Math.min(testLimit ?? FULL.test, FULL.test),
  });
}
