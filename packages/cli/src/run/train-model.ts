import type { ConvolutionOption } from '@weft/core/program';
import { asExamples, type ImageDataset } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { AUTOENCODERS, type Autoencoder, buildAutoencoder, type ModelKey } from '@weft/models';
import { Adam, meanSquaredError } from '@weft/nn';
import { type Callback, type CallbackState, type EpochLogs, fit, type History, type WorkerPool } from '@weft/pool';
import { intervalOf } from '../arguments/kinds.js';
import { TrainingProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { bestCheckpoint, modelFile, RUN_FILES, type RunDirectory } from './directory.js';
import { afterTraining } from './later.js';
import { type ModelCard, modelCard, type ScoreCard } from './model-card.js';
import { gaussianNoise } from './noise.js';

/** What decides a training. */
export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly validationSplit: number;
  readonly learningRate: number;
  readonly noiseFactor: number;
  readonly noisePerEpoch: boolean;
  readonly seed: number;
  readonly convolution: ConvolutionOption;
  readonly fastMath: boolean;
  readonly checkpointEvery: string;
  readonly onNan: 'stop' | 'continue';
}

/** What a training works with. */
export interface TrainingContext {
  /** What the card of a model tells of the data. */
  readonly data: Pick<ModelCard, 'dataset' | 'classNames' | 'dataSha256'>;
  /** How many of the images, the last ones, are held out. */
  readonly validationCount: number;
  readonly pool: WorkerPool;
  readonly directory: RunDirectory;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** More callbacks, such as the table of losses. */
  readonly callbacks: readonly Callback[];
}

/** A model after its training. */
export interface Trained {
  readonly key: ModelKey;
  readonly autoencoder: Autoencoder;
  readonly history: History;
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
  images: ImageDataset,
  options: TrainingOptions,
  { data, validationCount, pool, directory, terminal, signal, callbacks }: TrainingContext,
): Promise<Trained> {
  const { title, denoises } = AUTOENCODERS[key];
  const { epochs, batchSize, validationSplit, learningRate, noiseFactor, noisePerEpoch, seed } = options;
  const { height, width, channels } = images;
  const autoencoder = buildAutoencoder(key, { height, width, channels, seed });
  const { model } = autoencoder;
  const noise = denoises ? { noise: `gaussian:${noiseFactor}` } : {};
  const facts = { model: key, ...data, height, width, channels, scale: 1 / 255, ...noise, loss: 'mse', seed };
  const save = async (path: string, done: number, score?: ScoreCard) => {
    const card = modelCard({ ...facts, epochs: done, ...(score && { score }) });
    await directory.write(path, encodeModel(model, card));
  };
  const checkpoints = directory.file(RUN_FILES.checkpoints);
  const history = await fit(
    model,
    { x: asExamples(images) },
    {
      epochs,
      batchSize,
      validationSplit,
      seed,
      convolution: options.convolution,
      fastMath: options.fastMath,
      ...autoencoder.objective(meanSquaredError, new Adam({ learningRate })),
      ...(denoises && {
        corrupt: gaussianNoise({ factor: noiseFactor, images: 'training', perEpoch: noisePerEpoch }),
      }),
      pool,
      signal,
      checkpoints: { directory: checkpoints, name: key, every: intervalOf(options.checkpointEvery) ?? {} },
      resumeFrom: checkpoints,
      onNaN: options.onNan,
      onWarning: (message) => terminal.warning(message),
      callbacks: [
        new TrainingProgress(title, terminal),
        ...callbacks,
        new BestModel((done) => save(bestCheckpoint(key), done), terminal),
      ],
    },
  );
  if (history.aborted) throw signal.reason;
  const { validationScore } = await afterTraining();
  const heldOut = { images, count: validationCount };
  const score = await validationScore(autoencoder.reconstructor, heldOut, { pool, signal });
  await save(modelFile(key), history.seconds.length, score);
  signal.throwIfAborted();
  return { key, autoencoder, history, score };
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
