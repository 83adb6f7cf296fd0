import type { ClusterStatistics } from '@weft/cluster';
import { asExamples, type ImageDataset } from '@weft/data';
import { AUTOENCODERS, type ModelKey } from '@weft/models';
import { type Callback, predict, WorkerPool } from '@weft/pool';
import type { RunRecord } from '@weft/report';
import { type ClusterPlace, openRuntime } from '../cluster/open-runtime.js';
import type { Terminal } from '../terminal/terminal.js';
import type { LatentAnalysis } from './analyse-latents.js';
import { RUN_FILES, type RunDirectory } from './directory.js';
import type { RunResults } from './figures.js';
import { giveMemoryBack } from './forget.js';
import { afterTraining } from './later.js';
import { MetricsTable } from './metrics.js';
import type { ModelCard } from './model-card.js';
import { modelKeys, modelTitle } from './model-keys.js';
import { peakMemoryBytes, type Stopwatch } from './phases.js';
import { ProgressFile } from './progress-file.js';
import { imagesBetween, type RunData } from './run-data.js';
import type { SessionLog } from './sessions.js';
import { tensorBoard } from './tensorboard.js';
import { type Trained, type TrainingContext, type TrainingOptions, trainModel } from './train-model.js';

/** Training images that figure 1 shows. */
const SAMPLES = 12;

/** Every option of a run as resolved. */
export type RecordedOptions = RunRecord['options'] & TrainingOptions;

/** What a run needs to begin. */
export interface RunPlan {
  readonly directory: RunDirectory;
  /** Its training images are forgotten on the way, to spare memory. */
  readonly data: RunData;
  readonly counts: { readonly trainCount: number; readonly validationCount: number };
  /** Of all images and labels that are used. */
  readonly dataSha256: ModelCard['dataSha256'];
  readonly options: RecordedOptions;
  /** Where the models are trained, if not on this machine. */
  readonly cluster: ClusterPlace | undefined;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly stopwatch: Stopwatch;
  /** Times of this process and of those that the run is resumed from. */
  readonly sessions: SessionLog;
  /** Absolute path of the folder for TensorBoard's files, if they are asked for. */
  readonly tensorBoard?: string;
}

/**
 * Trains and tests the models, draws the figures and fills the run's folder, in which the run was begun or resumed.
 *
 * @returns what run.json holds
 * @throws InterruptedError if the signal was aborted; what there is by then is in the folder
 */
export async function performRun(plan: RunPlan): Promise<RunRecord> {
  const { directory, data, counts, options, terminal, signal, stopwatch, sessions } = plan;
  try {
    const { kernels, vectorBits, cluster, models, latents, samples } = await compute(plan);
    giveMemoryBack();
    const later = await afterTraining();
    const { runFigures, writeFigures, runRecord, modelRecord, renderReport, recordText, writeExplorations } = later;
    const figures = await stopwatch.time('report', async () => {
      terminal.show('Drawing the figures');
      const drawn = runFigures({ data, samples, models, latents });
      await writeFigures(drawn, directory, signal);
      return drawn;
    });
    if (options.explore) {
      await stopwatch.time('analysis', () =>
        withWorkers(options.threads, (pool) => writeExplorations(models, plan, pool)),
      );
    }
    const record = runRecord({
      options,
      data,
      counts,
      kernels,
      vectorBits,
      cluster,
      models: Object.fromEntries(models.map((model) => [model.key, modelRecord(model, latents.get(model.key))])),
      latents: latents.get('cae'),
      figures,
      sessions: sessions.sessions,
      peakMemoryBytes: peakMemoryBytes(),
    });
    await directory.write(RUN_FILES.report, renderReport(record, figures));
    // Last: a folder with run.json is a whole run.
    await directory.write(RUN_FILES.record, recordText(record));
    return record;
  } finally {
    terminal.show(undefined);
  }
}

interface Computed extends Omit<RunResults, 'data'> {
  readonly kernels: WorkerPool['kernels'];
  readonly vectorBits: WorkerPool['vectorBits'];
  readonly cluster: ClusterStatistics | undefined;
}

/** Everything that is computed from the data, in an order that keeps as little as possible in memory at a time. */
async function compute(plan: RunPlan): Promise<Computed> {
  const { data, options, terminal, stopwatch } = plan;
  const training = await withTrainers(plan, async (pool) => {
    if (pool.kernels === 'reference') {
      terminal.warning('This Node has no WebAssembly SIMD: the slow reference kernels compute. Expect hours.');
    }
    return { trained: await trainAll(plan, pool), kernels: pool.kernels, vectorBits: pool.vectorBits };
  });
  const { trained, kernels, vectorBits, cluster } = training;
  const samples = await keepFirstImages(data, SAMPLES);
  giveMemoryBack();
  return stopwatch.time('analysis', async () => {
    // The latents are the largest array of a run: they are gone again before the next phase makes its own.
    const latents = await latentsOf(trained, plan);
    giveMemoryBack();
    const models = await withWorkers(options.threads, (pool) => testAll(trained, plan, pool));
    return { kernels, vectorBits, cluster, models, latents, samples };
  });
}

/** What the latents of the test images tell, of each model but the CDAE, which has no figure of them. */
async function latentsOf(
  trained: readonly Trained[],
  { data, options, terminal, signal }: RunPlan,
): Promise<RunResults['latents']> {
  const { test, classNames } = data;
  const found = new Map<string, LatentAnalysis>();
  for (const { key, autoencoder } of trained.filter((each) => each.key !== 'cdae')) {
    terminal.show(`Analysing the latents of the ${modelTitle(key)}`);
    const { encoder } = autoencoder;
    const encoded = await withWorkers(options.threads, (pool) => predict(encoder, asExamples(test), { pool, signal }));
    const { analyseLatents } = await afterTraining();
    const labels = classNames.length > 1 ? test.labels : undefined;
    const latents = await analyseLatents(encoded as Float32Array, test.count, labels, signal);
    if (latents) found.set(key, latents);
  }
  return found;
}

/** Workers for one phase of the run. A pool's memory never shrinks: each phase has its own, and gives it back. */
async function withWorkers<Result>(threads: number, work: (pool: WorkerPool) => Promise<Result>): Promise<Result> {
  const pool = await WorkerPool.create({ threads });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

/** Workers that train: of this machine, or of a cluster, with what those have done. */
async function withTrainers<Result extends object>(
  { cluster: place, options, terminal }: RunPlan,
  work: (pool: WorkerPool) => Promise<Result>,
): Promise<Result & { readonly cluster: ClusterStatistics | undefined }> {
  if (!place) return { ...(await withWorkers(options.threads, work)), cluster: undefined };
  const runtime = await openRuntime(place, terminal);
  try {
    const result = await work(runtime);
    return { ...result, cluster: runtime.statistics };
  } finally {
    await runtime.close();
  }
}

async function trainAll(plan: RunPlan, pool: WorkerPool): Promise<Trained[]> {
  const { data, options, directory, terminal, signal, stopwatch, sessions } = plan;
  const metrics = new MetricsTable((text) => directory.write(RUN_FILES.metrics, text));
  const noteTime: Callback = {
    async onEpochEnd() {
      await Promise.all([sessions.note(), afterTraining()]);
    },
  };
  const facts = { dataset: data.name, classNames: data.classNames, dataSha256: plan.dataSha256, ...data.preparation };
  const progress = new ProgressFile(directory.file(RUN_FILES.progress));
  const trained: Trained[] = [];
  try {
    for (const key of modelKeys(options.model)) {
      const notes = [metrics.logger(key), noteTime].map((callback) => tolerant(callback, terminal));
      const callbacks = [...notes, progress.logger(key)];
      const { validationCount } = plan.counts;
      const board = await boardOf(plan, key);
      const place = { pool, isOnCluster: plan.cluster !== undefined, directory };
      const context = { data: facts, validationCount, ...place, terminal, signal, callbacks, ...board };
      trained.push(await stopwatch.time(key, () => trainModel(key, data, options, context)));
    }
  } finally {
    await progress.remove();
  }
  return trained;
}

/** What shows a model's training in TensorBoard, if that is asked for. */
async function boardOf(plan: RunPlan, key: ModelKey): Promise<Pick<TrainingContext, 'board'>> {
  if (plan.tensorBoard === undefined) return {};
  const { options, data, terminal } = plan;
  const noise = AUTOENCODERS[key].denoises ? options.noise : undefined;
  const board = { folder: plan.tensorBoard, images: data.test, noise, seed: options.seed };
  // Not the cluster's workers, if there is one: this is for a few images.
  const callback = await withWorkers(1, (pool) => tensorBoard(key, board, pool));
  return { board: (autoencoder) => tolerant(callback(autoencoder), terminal) };
}

/** A callback that keeps notes: training goes on when they cannot be written, as when the disk is full. */
function tolerant(callback: Callback, terminal: Terminal): Callback {
  const warn = (error: Error) => terminal.warning(error.message);
  return {
    onTrainBegin: async (info) => Promise.resolve(callback.onTrainBegin?.(info)).catch(warn),
    onEpochEnd: async (...args) => Promise.resolve(callback.onEpochEnd?.(...args)).catch(warn),
  };
}

async function testAll(
  trained: readonly Trained[],
  { data, options: { noise, seed }, terminal, signal }: RunPlan,
  pool: WorkerPool,
): Promise<RunResults['models']> {
  const { testModel, generateImages, meanElbo, NUMBERED_MODELS } = await afterTraining();
  const tested: RunResults['models'][number][] = [];
  for (const model of trained) {
    const { denoises } = AUTOENCODERS[model.key];
    terminal.show(`Testing the ${modelTitle(model.key)}`);
    const set = { images: data.test, noise: denoises ? noise : undefined, seed };
    const test = await testModel(model.autoencoder.reconstructor, set, { pool, signal });
    const isNumbered = NUMBERED_MODELS.includes(model.key);
    const generated = isNumbered
      ? {}
      : { generated: await generateImages(model.autoencoder, data.test, seed, { pool, signal }) };
    const elbo = await meanElbo(model.autoencoder, data.test, seed, { pool, signal });
    tested.push({ ...model, test, elbo, ...generated });
    giveMemoryBack();
  }
  return tested;
}

/**
 * Forgets the training images but for the first ones, which are copied. A function of its own: where the images were
 * last used, the engine holds them for as long as the function runs.
 */
async function keepFirstImages(data: RunData, count: number): Promise<ImageDataset> {
  const first = await imagesBetween(data.train, 0, count);
  const kept = { ...first, images: first.images.slice(), labels: first.labels.slice() };
  data.train = kept;
  data.validation = undefined;
  return kept;
}
