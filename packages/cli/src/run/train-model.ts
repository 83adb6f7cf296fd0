import { corruption, parseNoise } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { AUTOENCODERS, type Autoencoder, imageLoss, type ModelKey } from '@weft/models';
import { Adam, type LearningRate } from '@weft/nn';
import { type Callback, type CallbackState, type EpochLogs, fit, type History, type WorkerPool } from '@weft/pool';
import { augmentation } from '../arguments/augment.js';
import { intervalOf } from '../arguments/kinds.js';
import { scheduledRate } from '../arguments/schedule.js';
import { earlyStopping } from '../arguments/training-texts.js';
import { TrainingProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { bestCheckpoint, modelFile, RUN_FILES, type RunDirectory } from './directory.js';
import { firstModel } from './first-model.js';
import { afterTraining } from './later.js';
import { type ModelCard, modelCard, type ScoreCard } from './model-card.js';
import { objectiveText } from './objective-text.js';
import type { RunOptions } from './options-file.js';
import { examplesOf, type RunData } from './run-data.js';

/** What decides a training: the options of a run, but for the data. */
export type TrainingOptions = Omit<RunOptions, 'limit' | 'testLimit'>;

/** What a training works with. */
export interface TrainingContext {
  /** What the card of a model tells of the data. */
  readonly data: Pick<ModelCard, 'dataset' | 'classNames' | 'dataSha256' | 'resize' | 'tile' | 'overlap'>;
  /** How many of the images, the last ones, are held out. */
  readonly validationCount: number;
  readonly pool: WorkerPool;
  /** Whether a cluster trains. */
  readonly isOnCluster: boolean;
  readonly directory: RunDirectory;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** More callbacks, such as the table of losses. */
  readonly callbacks: readonly Callback[];
  /** Makes a callback that shows how the model gets on. */
  readonly board?: (autoencoder: Autoencoder) => Callback;
}

/** A model after its training. */
export interface Trained {
  readonly key: ModelKey;
  readonly autoencoder: Autoencoder;
  readonly history: History;
  /** What its losses are. */
  readonly objective: string;
  /** From the images that were held out, if any were. */
  readonly score: ScoreCard | undefined;
}

/**
 * Trains one of the models, from its newest checkpoint in the run's folder if there is one, and saves it there. One
 * that was trained already is only loaded.
 *
 * @throws InterruptedError if the signal was aborted, after a checkpoint was written; NonFiniteError if it diverged
 */
export async function trainModel(
  key: ModelKey,
  { train: images, validation }: Pick<RunData, 'train' | 'validation'>,
  options: TrainingOptions,
  { data, validationCount, pool, isOnCluster, directory, terminal, signal, callbacks, board }: TrainingContext,
): Promise<Trained> {
  const { title, denoises } = AUTOENCODERS[key];
  const { epochs, batchSize, validationSplit, seed } = options;
  const { height, width, channels } = images;
  const autoencoder = await firstModel(key, options, { height, width, channels });
  const { model } = autoencoder;
  const noise = denoises ? { noise: options.noise } : {};
  const facts = { model: key, ...data, height, width, channels, scale: 1 / 255, ...noise, loss: options.loss, seed };
  const save = async (path: string, done: number, score?: ScoreCard) => {
    const card = modelCard({ ...facts, epochs: done, ...(score && { score }) });
    await directory.write(path, encodeModel(model, card));
  };
  const checkpoints = directory.file(RUN_FILES.checkpoints);
  const history = await fit(
    model,
    { x: examplesOf(images) },
    {
      epochs,
      batchSize,
      ...(validation ? { validationData: { x: examplesOf(validation) } } : { validationSplit }),
      seed,
      convolution: options.convolution,
      fastMath: options.fastMath,
      ...autoencoder.objective(
        imageLoss(options.loss),
        new Adam({ learningRate: rateOf(options, validation ? images.count : images.count - validationCount) }),
      ),
      ...(options.augment !== undefined && { augment: augmentation(options.augment) }),
      ...(denoises && {
        corrupt: corruption(parseNoise(options.noise), { images: 'training', perEpoch: options.noisePerEpoch }),
      }),
      pool,
      signal,
      checkpoints: { directory: checkpoints, name: key, every: intervalOf(options.checkpointEvery) ?? {} },
      resumeFrom: checkpoints,
      onNaN: options.onNan,
      onWarning: (message) => terminal.warning(message),
      callbacks: [
        new TrainingProgress(title, terminal, isOnCluster),
        ...callbacks,
        ...(board ? [board(autoencoder)] : []),
        new BestModel((done) => save(bestCheckpoint(key), done), terminal),
        ...(options.earlyStopping === undefined ? [] : [earlyStopping(options.earlyStopping, validationCount > 0)]),
      ],
    },
  );
  if (history.aborted) throw signal.reason;
  const { validationScore } = await afterTraining();
  const heldOut = { images: validation ?? images, count: validationCount };
  const score = await validationScore(autoencoder.reconstructor, heldOut, { pool, signal });
  await save(modelFile(key), history.seconds.length, score);
  signal.throwIfAborted();
  return { key, autoencoder, history, objective: objectiveText(key, options.loss), score };
}

/** The learning rate of each step. */
function rateOf({ schedule, learningRate, epochs, batchSize }: TrainingOptions, trainCount: number): LearningRate {
  const stepsPerEpoch = Math.ceil(trainCount / batchSize);
  return scheduledRate(schedule, { learningRate, epochs, stepsPerEpoch });
}

/** Saves the model after each epoch whose validation loss (training loss if there is none) is the lowest so far. */
class BestModel implements Callback {
  private best = Number.POSITIVE_INFINITY;

  constructor(
    private readonly save: (epochs: number) => Promise<void>,
    private readonly terminal: Terminal,
  ) {}

  async onEpochEnd(epoch: number, { loss, val_loss = loss }: EpochLogs): Promise<void> {
    if (!(val_loss < this.best)) return;
    this.best = val_loss;
    // Training goes on without it: at the end there may be room again.
    await this.save(epoch + 1).catch((error: Error) => this.terminal.warning(error.message));
  }

  state(): CallbackState {
    return { best: this.best };
  }

  restore({ best }: CallbackState): void {
    this.best = best as number;
  }
}
