import { type LoadedData, splitValidation, subset } from '@weft/data';
import { WorkerPool } from '@weft/pool';
import { renderReport } from '@weft/report';
import { EXIT, InterruptedError, UsageError } from '../exit.js';
import { analyseLatents } from '../run/analyse-latents.js';
import { defaultRunPath, RUN_FILES, RunDirectory, shownPath } from '../run/directory.js';
import { type RunResults, runFigures, writeFigures } from '../run/figures.js';
import { loadData } from '../run/load-data.js';
import { beginMetrics } from '../run/metrics.js';
import { MODELS, modelKeys } from '../run/models.js';
import { peakMemoryBytes, Stopwatch } from '../run/phases.js';
import { modelRecord, recordText, runRecord } from '../run/record.js';
import { resultsTable } from '../run/results-table.js';
import { testModel } from '../run/test-model.js';
import { type Trained, trainModel } from '../run/train-model.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, formatDuration } from '../terminal/text.js';
import type { Command } from './command.js';
import { type TrainOptions, trainOptions } from './train-options.js';

/** Training images that figure 1 shows. */
const SAMPLES = 12;

export const train: Command<typeof trainOptions> = {
  usage: 'weft train [options]',
  summary: 'Train the autoencoders, draw the figures, write a report.',
  description:
    'Trains a convolutional autoencoder (CAE) and a denoising one (CDAE) on all cores, tests them, and writes weights, figures and a report into a folder of its own.',
  options: trainOptions,
  positionals: { least: 0, most: 0 },
  async run({ values: options, terminal }) {
    const startedAt = new Date();
    checkCounts(options);
    const directory = await RunDirectory.open(options.out ?? defaultRunPath(options.model, startedAt));
    const interrupt = listenForInterrupt(() => {
      terminal.message('Interrupted: finishing the running step. Press Ctrl-C again to stop at once.');
    });
    try {
      return await trainInto(directory, options, { terminal, signal: interrupt.signal, startedAt });
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      terminal.error(
        `Interrupted. ${shownPath(directory.path)} holds what there is; without run.json it is no whole run.`,
      );
      return EXIT.interrupted;
    } finally {
      interrupt.stop();
      await directory.discardIfEmpty();
    }
  },
};

interface Surroundings {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly startedAt: Date;
}

async function trainInto(directory: RunDirectory, options: TrainOptions, around: Surroundings): Promise<number> {
  const { terminal, signal, startedAt } = around;
  const stopwatch = new Stopwatch();
  const data = await stopwatch.time('data', () => loadData(options, terminal, { signal }));
  const counts = checkCounts(options, data.train.count);
  announceData(data, options, terminal);
  const resolved = { ...recordedOptions(options), out: shownPath(directory.path) };
  if (directory.holdsRun) terminal.warning(`${resolved.out} holds an earlier run, which this one replaces.`);
  await directory.clear();
  await directory.write(RUN_FILES.options, `${JSON.stringify(resolved, null, 2)}\n`);
  await beginMetrics(directory.file(RUN_FILES.metrics));

  const pool = await WorkerPool.create({ threads: options.threads });
  try {
    if (pool.kernels === 'reference') {
      terminal.warning('This Node has no WebAssembly SIMD: the slow reference kernels compute. Expect hours.');
    }
    const context = { dataset: data.name, pool, directory, terminal, signal };
    const trained: Trained[] = [];
    for (const key of modelKeys(options.model)) {
      trained.push(await stopwatch.time(key, () => trainModel(key, data.train, options, context)));
    }
    const samples = firstImages(data.train, SAMPLES);
    // Forgotten here, so that the analysis may have its memory.
    data.train = samples;

    const { models, latents } = await stopwatch.time('analysis', () => analyse(trained, data, options, around, pool));
    const figures = await stopwatch.time('report', async () => {
      terminal.show('Drawing the figures');
      const figures = runFigures({ data, samples, models, latents });
      await writeFigures(figures, directory, signal);
      return figures;
    });
    const record = runRecord({
      options: resolved,
      data,
      counts,
      pool,
      models: Object.fromEntries(models.map((model) => [model.key, modelRecord(model, model.test)])),
      latents,
      figures,
      seconds: stopwatch.seconds,
      peakMemoryBytes: peakMemoryBytes(),
      startedAt,
    });
    await directory.write(RUN_FILES.report, renderReport(record, figures));
    // Last: a folder with run.json is a whole run.
    const text = recordText(record);
    await directory.write(RUN_FILES.record, text);

    if (options.json) terminal.json(text.trimEnd());
    else {
      terminal.result(
        `${resultsTable(record)}\n\nReport: ${shownPath(directory.file(RUN_FILES.report))} (${formatDuration(record.seconds.total)} in all)`,
      );
    }
    const diverged = models.some(({ history }) => ![...history.loss, ...history.valLoss].every(Number.isFinite));
    return diverged ? EXIT.failure : EXIT.ok;
  } finally {
    terminal.show(undefined);
    await pool.close();
  }
}

async function analyse(
  trained: readonly Trained[],
  data: LoadedData,
  { noiseFactor, seed }: TrainOptions,
  { terminal, signal }: Surroundings,
  pool: WorkerPool,
): Promise<Pick<RunResults, 'models' | 'latents'>> {
  const models: RunResults['models'][number][] = [];
  let latents: RunResults['latents'];
  for (const model of trained) {
    const { title, denoises } = MODELS[model.key];
    terminal.show(`Testing the ${title}`);
    const set = { images: data.test, noiseFactor: denoises ? noiseFactor : undefined, seed };
    models.push({ ...model, test: await testModel(model.autoencoder.model, set, { pool, signal }) });
    if (model.key !== 'cae') continue;
    terminal.show('Analysing the latents');
    latents = await analyseLatents(model.autoencoder.encoder, data.test, { pool, signal });
  }
  return { models, latents };
}

/**
 * How the training images are cut. Before they are loaded only a limit is known of their number.
 *
 * @throws UsageError if they do not make a batch
 */
function checkCounts({ limit, batchSize, validationSplit }: TrainOptions, available = Number.POSITIVE_INFINITY) {
  const count = Math.min(limit ?? available, available);
  if (count === Number.POSITIVE_INFINITY) return { trainCount: count, validationCount: 0 };
  const remedy = limit === undefined ? '' : ', or a larger --limit';
  let counts: ReturnType<typeof splitValidation>;
  try {
    counts = splitValidation(count, validationSplit);
  } catch (cause) {
    throw new UsageError(
      `--validation-split: got ${validationSplit}, which of ${formatCount(count)} training images leaves none to train on or none to validate with. Give another${remedy}.`,
      { cause },
    );
  }
  if (batchSize > counts.trainCount) {
    throw new UsageError(
      `--batch-size: got ${batchSize}, expected at most ${counts.trainCount}: so many of the ${formatCount(count)} training images are left by --validation-split ${validationSplit}. Give a smaller one${remedy}.`,
    );
  }
  return counts;
}

function announceData(data: LoadedData, { limit, testLimit }: TrainOptions, terminal: Terminal): void {
  const name = data.synthetic ? 'Synthetic garments, a stand-in and not Fashion-MNIST' : 'Fashion-MNIST';
  terminal.message(
    `${name}: ${formatCount(data.train.count)} training and ${formatCount(data.test.count)} test images, ${data.origin}`,
  );
  if (limit !== undefined && limit > data.train.count) {
    terminal.warning(
      `--limit ${limit}: there are only ${formatCount(data.train.count)} training images; all are used.`,
    );
  }
  if (testLimit !== undefined && testLimit > data.test.count) {
    terminal.warning(
      `--test-limit ${testLimit}: there are only ${formatCount(data.test.count)} test images; all are used.`,
    );
  }
}

/** The options that shape a run, for its record. */
function recordedOptions(options: TrainOptions) {
  const { quiet: _quiet, json: _json, help: _help, version: _version, ...others } = options;
  return { ...others, limit: options.limit ?? null, testLimit: options.testLimit ?? null };
}

function firstImages(dataset: LoadedData['train'], count: number): LoadedData['train'] {
  const first = subset(dataset, count);
  return { ...first, images: first.images.slice(), labels: first.labels.slice() };
}
