import { z } from 'zod';

/** The version of run.json that this package writes and reads. */
export const RUN_RECORD_VERSION = 1;

/** Numbers that JSON has no form for, by their names in a record: identical images have a PSNR of Infinity. */
const SPELLED: ReadonlyMap<unknown, number> = new Map(
  [Number.NaN, Infinity, -Infinity].map((value) => [String(value), value]),
);

const measurement = z.unknown().transform((value, context): number => {
  // Records of Weft 0.1 have null for all of them.
  const number = value === null ? Number.NaN : (SPELLED.get(value) ?? value);
  if (typeof number === 'number') return number;
  context.issues.push({ code: 'invalid_type', expected: 'number', input: value });
  return z.NEVER;
});
const count = z.number().int().nonnegative();
const duration = z.number().nonnegative();

/** An array. It is read to the first fault, since a file may have millions, each of which would cost a kilobyte. */
const list = <Item extends z.ZodType>(item: Item) =>
  z.array(z.unknown()).transform((values, context): z.output<Item>[] => {
    const items: z.output<Item>[] = [];
    for (const [index, value] of values.entries()) {
      const parsed = item.safeParse(value);
      if (!parsed.success) return refused(context, index, parsed.error);
      items.push(parsed.data);
    }
    return items;
  });

/** Texts by name, read to the first fault like an array. */
const texts = z.record(z.string(), z.unknown()).transform((values, context): Record<string, string> => {
  for (const [name, value] of Object.entries(values)) {
    const parsed = z.string().safeParse(value);
    if (!parsed.success) return refused(context, name, parsed.error);
  }
  return values as Record<string, string>;
});

function refused(context: z.RefinementCtx, key: PropertyKey, { issues }: z.ZodError): never {
  for (const issue of issues) context.issues.push({ ...issue, input: undefined, path: [key, ...issue.path] });
  return z.NEVER;
}

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
    /** Training loss of each epoch: mean squared error in squared pixel intensity. */
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

const model = z.looseObject({
  parameters: count,
  layers: list(layer),
  history,
  /** Per-image errors on the test set; for the CDAE between the denoised and the clean image. */
  testError: errorStatistics,
  psnr: meanOf,
  ssim: meanOf,
  /** For the CDAE: how far the noisy input itself lies from the clean image. */
  noisyInput: z.looseObject({ testError: meanAtLeast, psnr: meanOf.optional(), ssim: meanOf.optional() }).optional(),
  /** SHA-256 of the tensors' bytes in the order of their names. */
  weightsSha256: z.string(),
  /** Epoch of the lowest validation loss (training loss if nothing was held out), counted from 1. */
  bestEpoch: count,
  /** Training images a second. */
  imagesPerSecond: measurement,
});

const dataset = z.enum(['fashion-mnist', 'synthetic']);

/** The schema of run.json. Keys beyond those named here are kept, so that newer writers stay readable. */
const runRecord = z.looseObject({
  formatVersion: z.literal(RUN_RECORD_VERSION),
  /** The data the run really used. */
  dataset,
  /** Every option as resolved; `dataset` here is what was asked for. */
  options: z.looseObject({
    model: z.enum(['cae', 'cdae', 'all']),
    dataset: z.enum(['auto', 'fashion-mnist', 'synthetic']),
    epochs: count,
    batchSize: count,
    /** Fraction of the training images held out, in [0, 1). */
    validationSplit: z.number().min(0).lt(1),
    learningRate: z.number(),
    /** Standard deviation of the noise in pixel intensity. */
    noiseFactor: z.number(),
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
    checksums: texts,
  }),
  models: z.looseObject({ cae: model.optional(), cdae: model.optional() }),
  latent: z
    .looseObject({
      /** Fraction of the latents' variance along each principal component, falling. */
      explainedVarianceRatio: list(measurement),
      /** Mean fraction of an image's nearest neighbours in latent space that bear its class, in [0, 1]. */
      nearestNeighbourPurity: measurement,
      /** Mean silhouette coefficient of the classes, in [-1, 1]. */
      silhouette: measurement.optional(),
    })
    .optional(),
  seconds: z.looseObject({
    total: duration,
    data: duration.optional(),
    cae: duration.optional(),
    cdae: duration.optional(),
    analysis: duration.optional(),
    report: duration.optional(),
  }),
  peakMemoryBytes: count,
  /** ISO 8601 instants. */
  startedAt: z.string(),
  finishedAt: z.string(),
});

/** What run.json holds: all that made a run and all that it measured. */
export type RunRecord = z.output<typeof runRecord>;
/** One trained model in a run. */
export type ModelRecord = z.output<typeof model>;
/** Losses (squared pixel intensity) and seconds, a number an epoch. */
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

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const got = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    json,
  );
  const path = issue.path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
  return `${path || 'the whole file'}: ${expectation(issue, got)}`;
}

function expectation(issue: z.core.$ZodIssue, got: unknown): string {
  if (issue.code === 'custom') return issue.message;
  return `expected ${expected(issue)}, got ${shown(got)}`;
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return `a number ${issue.inclusive ? '>=' : '>'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? '<=' : '<'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing (the key is missing)';
  const text = Array.isArray(value) ? `[${value.slice(0, LISTED).map(member).join()}]` : member(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Nothing of what lies in an object or deeper than in an array: a file may nest without end. */
function member(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isEmpty = Object.keys(value).length === 0;
  if (Array.isArray(value)) return isEmpty ? '[]' : '[...]';
  return isEmpty ? '{}' : '{...}';
}
