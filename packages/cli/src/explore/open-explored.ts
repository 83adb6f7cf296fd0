import { type Autoencoder, autoencoderOf } from '@weft/models';
import { denoises, givenPath, isFolder, type SavedModel, savedModels } from '../commands/trained-models.js';
import { InputError, UsageError } from '../exit.js';
import { shownPath } from '../run/directory.js';
import { DATASETS, loadData } from '../run/load-data.js';
import { isModelKey } from '../run/model-keys.js';
import { DEFAULT_NOISE } from '../run/noise.js';
import { type OptionsFile, readOptionsFile, runIdentity } from '../run/options-file.js';
import type { RunData } from '../run/run-data.js';
import type { Terminal } from '../terminal/terminal.js';

/** A trained model of a run. */
export interface RunAutoencoder {
  readonly key: string;
  readonly title: string;
  readonly autoencoder: Autoencoder;
  readonly noise: string | undefined;
}

/** What `weft train` wrote into a folder. */
export interface ExploredRun {
  readonly options: OptionsFile['options'];
  readonly run: OptionsFile['run'];
  readonly models: readonly RunAutoencoder[];
}

/**
 * The models of a run, and what they were trained with.
 *
 * @param given path as the user gave it
 * @param asked  key of one of the models; default all
 * @throws InputError if it is no folder of a run or holds no model; UsageError if it holds none of that key
 */
export async function openExplored(given: string, asked: string | undefined): Promise<ExploredRun> {
  const folder = givenPath(given);
  const path = shownPath(folder);
  if (!(await isFolder(folder))) {
    throw new InputError(`${path} is a file; expected the folder of a run. Give the folder that weft train wrote.`);
  }
  const { options, run } = await readOptionsFile(given, '');
  const models = (await savedModels(folder)).flatMap(runAutoencoder);
  const keys = models.map(({ key }) => key).join(', ');
  if (models.length === 0) {
    throw new InputError(`${path}: none of its models is an autoencoder that weft train wrote. Give another run.`);
  }
  const chosen = models.filter(({ key }) => asked === undefined || key === asked);
  if (chosen.length > 0) return { options, run, models: chosen };
  throw new UsageError(`--model: got '${asked}', which ${path} does not hold. Give one of ${keys}.`);
}

function runAutoencoder(saved: SavedModel): RunAutoencoder[] {
  const { card, model, title, path } = saved;
  const key = card.model;
  if (key === undefined || !isModelKey(key)) return [];
  try {
    const noise = denoises(saved) ? (card.noise ?? DEFAULT_NOISE) : undefined;
    return [{ key, title, autoencoder: autoencoderOf(key, model), noise }];
  } catch (cause) {
    throw new InputError(`${path}: its card says ${key}, but ${(cause as Error).message}`, { cause });
  }
}

/**
 * The test images of a run.
 *
 * @param moved where the pictures of the run are now; default where they were
 * @throws InputError if they are not those that the run was tested on; DataError if they cannot be had
 */
export async function exploredData(
  { options, run }: ExploredRun,
  moved: string | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RunData> {
  const dataset = DATASETS.find((name) => name === run.dataset) ?? 'auto';
  if (moved !== undefined && run.dataPath === undefined) {
    throw new UsageError(`--data: the run was trained on ${run.dataset}, not on a folder of pictures. Leave it out.`);
  }
  // Not one training image is needed, but no data set is without any.
  const request = { ...options, dataset, data: moved ?? run.dataPath, limit: 1, classes: undefined };
  const data = await loadData(request, terminal, { signal });
  data.close();
  if (runIdentity(data).dataSha256.test === run.dataSha256.test) return data;
  throw new InputError(
    `the test images (${data.origin}) are not those that the run was tested on: their SHA-256 differs. Put the run's own data in their place.`,
  );
}
