import { z } from 'zod';
import { describe } from './describe-issue.js';
import { byName, count, duration, list, measurement } from './fields.js';

/**
 * The version of run.json that this package writes and reads.
 *
 * @example
 * RUN_RECORD_VERSION; // 1
 */
export const RUN_RECORD_VERSION = 1;

/** Statistics of per-image mean squared errors, in squared pixel intensity (pixels scaled to [0, 1]). */
const errorStatistics = z.looseObject({
  mean: measurement,
  median: measurement,
  /** 95th percentile. */
  p95: measurement,
  max: measurement,
  standardDeviation: measurement,
  skewness: measurement,
});

/** The same, of which all but the mean may be left out. */
const meanAtLeast = errorStatistics.partial().required({ mean: true });

/** A figure of merit averaged over images: PSNR in decibels, SSIM without unit. */
const meanOf = z.looseObject({ mean: measurement });

const history = z
  .looseObject({
    /** Training loss of each epoch, in the unit of the loss: squared pixel intensity for mean squared error. */
    loss: list(measurement),
    /** Validation loss of each epoch, same unit; empty if nothing was held out. */
    valLoss: list(measurement),
    /** Wall-clock seconds of each epoch. */
    seconds: list(measurement),
    /** Training images a second in each epoch. */
    imagesPerSecond: list(measurement).optional(),
  })
  .superRefine(({ loss, valLoss }, context) => {
    if (valLoss.length === 0 || valLoss.length === loss.length) return;
    const message = `expected one number an epoch (${loss.length}, as in loss) or none, got ${valLoss.length}`;
    context.addIssue({ code: 'custom', path: ['valLoss'], message });
  });

const layer = z.looseObject({
  name: z.string(),
  /** Keras's class name, such as Conv2D. */
  type: z.string(),
  /** Without the batch axis. */
  outputShape: list(count),
  parameters: count,
});

/** What latents tell of the images, and of their classes where there are any. */
const latent = z.looseObject({
  /** Fraction of the latents' variance along each principal component, falling. */
  explainedVarianceRatio: list(measurement),
  /** Mean fraction of an image's nearest neighbours in latent space that have its class, in [0, 1]. */
  nearestNeighbourPurity: measurement.optional(),
  /** Mean silhouette coefficient of the classes, in [-1, 1]. */
  silhouette: measurement.optional(),
});

/** An error above which an image counts as an anomaly. */
const score = z.looseObject({
  /** What is measured of an image: `mse`, its mean squared error. */
  name: z.string(),
  /** In the unit of what is measured. */
  threshold: measurement,
  /** Fraction of the validation images that lie at or below it, in [0, 1]. */
  quantile: measurement,
});

const model = z.looseObject({
  /** How prose names it, such as CAE; without it the key stands for itself. */
  title: z.string().optional(),
  /** With its article, such as `a convolutional autoencoder (CAE)`. */
  longName: z.string().optional(),
  /** Whether it was given noisy images, and was to find the clean ones. */
  denoises: z.boolean().optional(),
  /** What its losses are, where that is more than the loss of the run's options. */
  objective: z.string().optional(),
  parameters: count,
  layers: list(layer),
  history,
  /** Per-image mean squared errors on the test set; for a model that denoises between its output and the clean image. */
  testError: errorStatistics,
  psnr: meanOf,
  ssim: meanOf,
  /** For a model that denoises: how far the noisy input itself lies from the clean image. */
  noisyInput: z.looseObject({ testError: meanAtLeast, psnr: meanOf.optional(), ssim: meanOf.optional() }).optional(),
  /** SHA-256 of the tensors' bytes in the order of their names. */
  weightsSha256: z.string(),
  /** Epoch of the lowest validation loss (training loss if nothing was held out), counted from 1. */
  bestEpoch: count,
  /** Training images a second. */
  imagesPerSecond: measurement,
  /** From the validation images; left out where there were none. */
  score: score.optional(),
  /** Of a VAE: the mean negative ELBO of the test images, and its two terms, in nats an image. */
  elbo: z.looseObject({ negative: measurement, reconstruction: measurement, divergence: measurement }).optional(),
  /** Of its encoder's outputs for the test images. */
  latent: latent.optional(),
});

/** The schema of run.json. Keys beyond those named here are kept, so that newer writers stay readable. */
const runRecord = z.looseObject({
  formatVersion: z.literal(RUN_RECORD_VERSION),
  /** The data the run really used. */
  dataset: z.string(),
  /** Every option as resolved; `dataset` here is what was asked for. */
  options: z.looseObject({
    /** Keys of models, separated by commas; `all` stands for cae and cdae. */
    model: z.string(),
    dataset: z.string(),
    /** A folder of pictures that takes the place of a data set. */
    data: z.string().nullish(),
    epochs: count,
    batchSize: count,
    /** Fraction of the training images held out, in [0, 1). */
    validationSplit: z.number().min(0).lt(1),
    learningRate: z.number(),
    /** What models are trained on, such as `mse` or `0.8*ssim + 0.2*mae`; without it mean squared error. */
    loss: z.string().nullish(),
    /** Kind and strength of the noise, such as `gaussian:0.4`. */
    noise: z.string().nullish(),
    /** Standard deviation of Gaussian noise in pixel intensity, if it is that. */
    noiseFactor: z.number().nullish(),
    noisePerEpoch: z.boolean(),
    seed: z.number(),
    convolution: z.string().optional(),
    fastMath: z.boolean().optional(),
    threads: count,
    /** Number of training images used; null for all. */
    limit: count.nullish(),
    testLimit: count.nullish(),
    quick: z.boolean(),
    out: z.string().nullish(),
  }),
  versions: z.looseObject({ weft: z.string(), node: z.string(), v8: z.string() }),
  machine: z.looseObject({ cores: count, cpuModel: z.string() }),
  numerics: z.looseObject({
    /** `fast-math` rounds products and sums once, where the processor can. */
    mode: z.enum(['exact', 'fast-math']),
    version: count,
    kernels: z.enum(['wasm-simd', 'reference']),
    /** Of the registers that kernels were written for; no bit depends on it. */
    vectorBits: z.union([z.literal(128), z.literal(256)]).optional(),
  }),
  data: z.looseObject({
    /** Where the data came from, in words or as an address. */
    origin: z.string(),
    synthetic: z.boolean(),
    trainCount: count,
    validationCount: count,
    testCount: count,
    height: count,
    width: count,
    channels: count,
    classNames: list(z.string()),
    /** From file name to checksum. */
    checksums: byName(z.string()),
  }),
  /** What the workers of a cluster have done, if they have trained the models. */
  cluster: z
    .looseObject({
      coordinator: z.looseObject({ microBatches: count, refusedMessages: count.optional() }),
      /** By worker; bytes are of messages, sent and received. */
      workers: byName(
        z.looseObject({
          host: z.string(),
          threads: count,
          microBatches: count,
          examples: count,
          bytesSent: count,
          bytesReceived: count,
        }),
      ),
      rounds: count,
      repeatedRounds: count,
    })
    .optional(),
  /** By key: `cae`, `cdae`, or that of another model. */
  models: byName(model, 10),
  /** Of the CAE; other models have their own. */
  latent: latent.optional(),
  /** In all, and on each phase: `data`, the keys of models, `analysis`, `report`. */
  seconds: z.object({ total: duration }).catchall(duration),
  peakMemoryBytes: count,
  /** ISO 8601 instants. */
  startedAt: z.string(),
  finishedAt: z.string(),
});

/** What run.json holds: all that made a run and all that it measured. */
export type RunRecord = z.output<typeof runRecord>;
/** One trained model in a run. */
export type ModelRecord = z.output<typeof model>;
/** What latents tell of images and classes. */
export type LatentRecord = z.output<typeof latent>;
/** Losses and seconds, a number an epoch. */
export type TrainingHistory = z.output<typeof history>;
/** Statistics of per-image errors in squared pixel intensity. */
export type ErrorStatistics = z.output<typeof errorStatistics>;

/** Problems that a message lists; a file may have any number. */
const LISTED = 20;

/** run.json could not be read as a run's record. Each of `problems` names a key, what was expected and what was got. */
export class RunRecordError extends Error {
  override readonly name = 'RunRecordError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const rest = problems.length - LISTED;
    const listed = problems.slice(0, LISTED).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
    super(`run.json is not a run's record: ${listed}. Run the training again to write it anew.`);
    this.problems = problems;
  }
}

/**
 * The text of a record, as run.json holds it. Numbers that are not finite are written by their names, "NaN", "Infinity"
 * or "-Infinity", from which `parseRunRecord` makes the same numbers again.
 *
 * @param record a run's record, or a part of one
 * @example
 * recordText({ loss: [0.5, NaN] }).includes('"NaN"'); // true
 */
export function recordText(record: object): string {
  const spell = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(record, spell, 2)}\n`;
}

/**
 * Reads the text of run.json, as `recordText` writes it. Where a measurement is null, as Weft 0.1 wrote all numbers that
 * are not finite, it is NaN.
 *
 * @param text the file's content
 * @returns the record, with unknown keys kept
 * @throws RunRecordError naming every key that is missing or of the wrong type
 * @example
 * import { readFileSync } from 'node:fs';
 * const { models } = parseRunRecord(readFileSync('runs/first/run.json', 'utf8'));
 * for (const [key, { testError }] of Object.entries(models)) console.log(key, testError.mean);
 */
export function parseRunRecord(text: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RunRecordError([`it is not JSON (${(error as Error).message})`]);
  }
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > RUN_RECORD_VERSION) {
    throw new RunRecordError([
      `formatVersion: expected ${RUN_RECORD_VERSION}, got ${version}, which a newer Weft wrote; update Weft to read it`,
    ]);
  }
  const parsed = runRecord.safeParse(json);
  if (!parsed.success) throw new RunRecordError(parsed.error.issues.map((issue) => describe(issue, json)));
  return parsed.data;
}
