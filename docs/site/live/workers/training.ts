import { corruption, parseNoise } from '@weft/data/browser';
import { AUTOENCODERS, type Autoencoder, buildAutoencoder, imageLoss, type ModelKey } from '@weft/models';
import { Adam, type Callback, encodeModel, fit, type WorkerPool, weightsSha256 } from '@weft/web';
import type { EpochLosses, Job, ModelFile, Outcome, TrainerEvent } from '../train/calls.js';
import { type RateChange, VALIDATION_SPLIT, withRate } from '../train/settings.js';
import { canKeep, folderOf } from './kept-trainings.js';
import type { TrainingData } from './training-data.js';
import { SampleMaker } from './training-samples.js';

/** Milliseconds between two reports of steps: more often than one can see would keep the page busy. */
const REPORT_EVERY = 100;

/** One call of `fit`: from the begin, or from where it was paused. */
export class Training {
  private readonly autoencoder: Autoencoder;
  private readonly noise: string | undefined;
  private readonly stop = new AbortController();
  private rates: readonly RateChange[];
  private epoch = -1;
  /** Epochs that are done. */
  private epochs = 0;
  private losses: number[] = [];
  private reported = 0;

  constructor(
    private readonly job: Job,
    private readonly data: TrainingData,
    private readonly tell: (event: TrainerEvent) => void,
  ) {
    const { model, seed, noise, rates } = job.settings;
    const { height, width } = data;
    const key = model as ModelKey;
    this.autoencoder = buildAutoencoder(key, { height, width, channels: 1, seed });
    this.noise = AUTOENCODERS[key].denoises ? `gaussian:${noise}` : undefined;
    this.rates = rates;
  }

  pause(): void {
    this.stop.abort();
  }

  /** The epoch that runs has its rate already. */
  setRate(rate: number): RateChange {
    const change = { epoch: this.epoch + 1, rate };
    this.rates = withRate(this.rates, change);
    return change;
  }

  async run(pool: WorkerPool): Promise<Outcome> {
    const { autoencoder, data, noise } = this;
    const { settings, id } = this.job;
    const { epochs, batchSize, seed, learningRate } = settings;
    const samples = await SampleMaker.create(autoencoder, data, noise === undefined ? undefined : settings.noise);
    const { model } = autoencoder;
    const { images, height, width } = data;
    const history = await fit(
      model,
      { x: { data: images, scale: 1 / 255, shape: [height, width, 1] } },
      {
        epochs,
        batchSize,
        seed,
        validationSplit: VALIDATION_SPLIT,
        ...autoencoder.objective(imageLoss('mse'), new Adam({ learningRate })),
        ...(noise !== undefined && { corrupt: corruption(parseNoise(noise), { images: 'training' }) }),
        pool,
        signal: this.stop.signal,
        callbacks: [this.reporter(pool.threads, samples)],
        ...((await canKeep()) && {
          checkpoints: { directory: folderOf(id), every: { seconds: 20 }, keep: 1 },
          resumeFrom: folderOf(id),
        }),
      },
    );
    this.tellSteps();
    this.tell({ event: 'samples', ...(await samples.make()) });
    this.tellWeights(!history.aborted);
    return { isFinished: !history.aborted };
  }

  save(): ModelFile {
    const { settings } = this.job;
    const { name: dataset, height, width, classNames } = this.data;
    const { model, seed } = settings;
    const facts = { model, dataset, height, width, channels: 1, scale: 1 / 255, classNames };
    const noise = this.noise === undefined ? {} : { noise: this.noise };
    const card = { ...facts, ...noise, loss: 'mse', seed, epochs: this.epochs };
    const bytes = encodeModel(this.autoencoder.model, { card: JSON.stringify(card) });
    return { bytes, name: `${model}.safetensors` };
  }

  private reporter(threads: number, samples: SampleMaker): Callback {
    return {
      onTrainBegin: async ({ trainCount: count, steps, initialEpoch, initialStep, past }) => {
        const { loss = [], val_loss: validation = [] } = past.history;
        const losses = loss.map((value, epoch) => ({ loss: value, validationLoss: validation[epoch] }));
        this.epochs = initialEpoch;
        this.tell({ event: 'begin', threads, count, steps, epoch: initialEpoch, step: initialStep, past: losses });
        // Of a training that goes on, the checkpoint's weights come only now.
        if (initialEpoch + initialStep === 0) this.tell({ event: 'samples', ...(await samples.make()) });
      },
      onEpochBegin: (epoch) => {
        this.epoch = epoch;
      },
      nextLearningRate: (epoch, rate) => this.rates.find((change) => change.epoch === epoch)?.rate ?? rate,
      onBatchEnd: (step, { batchLoss, epoch }) => {
        this.losses.push(batchLoss);
        if (performance.now() - this.reported >= REPORT_EVERY) this.tellSteps(epoch, step + 1);
        else this.pending = { epoch, done: step + 1 };
      },
      onEpochEnd: async (epoch, { loss, val_loss: validationLoss }) => {
        this.tellSteps();
        this.epochs = epoch + 1;
        const losses: EpochLosses = { loss, validationLoss: validationLoss ?? Number.NaN };
        this.tell({ event: 'epoch', epoch, ...losses });
        this.tell({ event: 'samples', ...(await samples.make()) });
        this.tellWeights(true);
      },
    };
  }

  private pending = { epoch: 0, done: 0 };

  private tellSteps(epoch = this.pending.epoch, done = this.pending.done): void {
    if (this.losses.length === 0) return;
    this.tell({ event: 'steps', epoch, done, losses: this.losses });
    this.losses = [];
    this.reported = performance.now();
  }

  private tellWeights(isWhole: boolean): void {
    const { epochs } = this;
    this.tell({ event: 'weights', sha256: weightsSha256(this.autoencoder.model), epochs, isWhole });
  }
}
