import { type LoadedData, splitValidation } from '@weft/data';
import type { RunRecord } from '@weft/report';
import { EXIT, InterruptedError, UsageError } from '../exit.js';
import { defaultRunPath, RUN_FILES, RunDirectory, shownPath } from '../run/directory.js';
import { loadData } from '../run/load-data.js';
import { performRun, type RecordedOptions } from '../run/perform-run.js';
import { Stopwatch } from '../run/phases.js';
import { recordText } from '../run/record.js';
import { resultsTable } from '../run/results-table.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, formatDuration } from '../terminal/text.js';
import type { Command } from './command.js';
import { type TrainOptions, trainOptions } from './train-options.js';

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
      const { saved } = directory;
      terminal.error(
        saved.length === 0
          ? 'Interrupted: nothing was saved.'
          : `Interrupted. Saved in ${shownPath(directory.path)}: ${saved.join(', ')}.`,
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

async function trainInto(
  directory: RunDirectory,
  options: TrainOptions,
  { terminal, signal, startedAt }: Surroundings,
): Promise<number> {
  const stopwatch = new Stopwatch();
  const data = await stopwatch.time('data', () => loadData(options, terminal, { signal }));
  const counts = checkCounts(options, data.train.count);
  announceData(data, options, terminal);
  const resolved = recordedOptions(options, directory);
  if (directory.holdsRun) terminal.warning(`${resolved.out} holds an earlier run, which this one replaces.`);
  const record = await performRun({
    directory,
    data,
    counts,
    options: resolved,
    terminal,
    signal,
    startedAt,
    stopwatch,
  });
  if (options.json) {
    terminal.print(recordText(record).trimEnd());
  } else {
    terminal.result(
      `${resultsTable(record)}\n\nReport: ${shownPath(directory.file(RUN_FILES.report))} (${formatDuration(record.seconds.total)} in all)`,
    );
  }
  return hasDiverged(record) ? EXIT.failure : EXIT.ok;
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

function hasDiverged({ models: { cae, cdae } }: RunRecord): boolean {
  const losses = [cae, cdae].flatMap((model) => (model ? [...model.history.loss, ...model.history.valLoss] : []));
  return !losses.every(Number.isFinite);
}

/** The options that shape a run, for its record. */
function recordedOptions(options: TrainOptions, directory: RunDirectory): RecordedOptions {
  const { quiet: _quiet, json: _json, help: _help, version: _version, ...others } = options;
  return {
    ...others,
    limit: options.limit ?? null,
    testLimit: options.testLimit ?? null,
    out: shownPath(directory.path),
  };
}
