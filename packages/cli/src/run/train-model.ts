import { mkdir } from 'node:fs/promises';
import { Adam } from '@weft/core';
import type { ImageDataset } from '@weft/data';
import { type Autoencoder, saveModel } from '@weft/models';
import { type Callback, fit, type History, type WorkerPool } from '@weft/pool';
import { InterruptedError } from '../exit.js';
import { TrainingProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { bestCheckpoint, interruptedCheckpoint, modelFile, RUN_FILES, type RunDirectory } from './directory.js';
import { metricsLogger } from './metrics.js';
import { modelMetadata } from './model-metadata.js';
import { MODELS, type ModelKey } from './models.js';
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
}

/** What a training works with. */
export interface TrainingContext {
  readonly dataset: string;
  readonly pool: WorkerPool;
  readonly directory: RunDirectory;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** A model after its training. */
export interface Trained {
  readonly key: ModelKey;
  readonly autoencoder: Autoencoder;
  readonly history: History;
}

/**
 * Trains one of the models and saves it in the run's folder.
 *
 * @throws InterruptedError if the signal was aborted, after the weights so far are saved: as a checkpoint if epochs are missing
 */
export async function trainModel(
  key: ModelKey,
  { images, height, width, channels }: ImageDataset,
  options: TrainingOptions,
  { dataset, pool, directory, terminal, signal }: TrainingContext,
): Promise<Trained> {
  const { title, build, denoises } = MODELS[key];
  const { epochs, batchSize, validationSplit, learningRate, noiseFactor, noisePerEpoch, seed } = options;
  const autoencoder = build({ height, width, channels, seed });
  const { model } = autoencoder;
  const metadata = (done: number) => modelMetadata({ key, dataset, noiseFactor, seed, epochs: done });
  await mkdir(directory.file(RUN_FILES.checkpoints), { recursive: true });
  const history = await fit(
    model,
    { x: images },
    {
      epochs,
      batchSize,
      validationSplit,
      seed,
      optimizer: new Adam({ learningRate }),
      ...(denoises && {
        corrupt: gaussianNoise({ factor: noiseFactor, images: 'training', perEpoch: noisePerEpoch }),
      }),
      pool,
      signal,
      callbacks: [
        new TrainingProgress(title, terminal),
        metricsLogger(directory.file(RUN_FILES.metrics), key),
        saveBest(directory.file(bestCheckpoint(key)), metadata),
        stopWhenDiverged(title, terminal),
      ],
    },
  );
  const path = directory.file(history.aborted ? interruptedCheckpoint(key) : modelFile(key));
  await saveModel(path, model, metadata(history.loss.length));
  if (signal.aborted) throw new InterruptedError();
  return { key, autoencoder, history };
}

/** Saves the model after each epoch whose validation loss (training loss if there is none) is the lowest so far. */
function saveBest(path: string, metadata: (epochs: number) => Record<string, string>): Callback {
  let best = Number.POSITIVE_INFINITY;
  return {
    async onEpochEnd(epoch, { loss, valLoss = loss }, { model }) {
      if (!(valLoss < best)) return;
      best = valLoss;
      await saveModel(path, model, metadata(epoch + 1));
    },
  };
}

/** No epoch can mend weights that are not finite. */
function stopWhenDiverged(title: string, terminal: Terminal): Callback {
  return {
    onEpochEnd(epoch, { loss, valLoss = 0 }, control) {
      if (Number.isFinite(loss + valLoss)) return;
      terminal.error(
        `${title}: training diverged: the loss is not a finite number after epoch ${epoch + 1}. Use a smaller --learning-rate.`,
      );
      control.stopTraining = true;
    },
  };
}
