import type { ImageDataset } from '@weft/data';
import { autoencoderOf } from '@weft/models';
import { WorkerPool } from '@weft/pool';
import type { MeasureCall } from '@weft/study';
import { withDefaults } from '../arguments/table.js';
import { trainOptions } from '../commands/train-options.js';
import { denoises, type SavedModel, savedModels } from '../commands/trained-models.js';
import { loadData } from '../run/load-data.js';
import { isModelKey } from '../run/model-keys.js';
import { imagesBetween, trainingParts } from '../run/run-data.js';
import type { Terminal } from '../terminal/terminal.js';
import { givenTrainOptions } from './trial-options.js';

/** What a measure works with, besides the call. */
export interface MeasureContext {
  readonly terminal: Terminal;
  readonly threads: number;
}

/** The models of a finished trial, and the images that they were trained and tested on. */
export interface OpenTrial {
  readonly models: readonly TrialModel[];
  readonly classNames: readonly string[];
  readonly train: ImageDataset;
  readonly validation: ImageDataset;
  readonly test: ImageDataset;
  readonly seed: number;
  readonly pool: WorkerPool;
  readonly signal: AbortSignal;
}

export interface TrialModel {
  readonly key: string;
  readonly title: string;
  readonly denoises: boolean;
  readonly autoencoder: ReturnType<typeof autoencoderOf>;
}

/** Opens a trial for a piece of work, and closes it again. */
export async function withTrial<Result>(
  { trial, folder, signal }: MeasureCall,
  { terminal, threads }: MeasureContext,
  work: (trial: OpenTrial) => Promise<Result>,
): Promise<Result> {
  const options = withDefaults(trainOptions, givenTrainOptions(trial.options, threads));
  const data = await loadData(options, terminal, { signal });
  const { train, validation } = trainingParts(data, options.validationSplit);
  const pool = await WorkerPool.create({ threads });
  try {
    return await work({
      models: (await savedModels(folder)).flatMap(trialModel),
      classNames: data.classNames,
      train: await imagesBetween(train.set, train.from, train.to),
      validation: await imagesBetween(validation.set, validation.from, validation.to),
      test: data.test,
      seed: options.seed,
      pool,
      signal,
    });
  } finally {
    await pool.close();
    data.close();
    terminal.show(undefined);
  }
}

function trialModel(saved: SavedModel): TrialModel[] {
  const key = saved.card.model;
  if (key === undefined || !isModelKey(key)) return [];
  return [{ key, title: saved.title, denoises: denoises(saved), autoencoder: autoencoderOf(key, saved.model) }];
}
