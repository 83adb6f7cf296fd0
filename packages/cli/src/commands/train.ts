import { readFile } from 'node:fs/promises';
import { type LoadedData, splitValidation } from '@weft/data';
import { NonFiniteError } from '@weft/pool';
import type { RunRecord } from '@weft/report';
import { EXIT, errorText, exitCodeOf, InterruptedError, UsageError } from '../exit.js';
import { defaultRunPath, RUN_FILES, RunDirectory, shownPath } from '../run/directory.js';
import { loadData } from '../run/load-data.js';
import { type OptionsFile, readOptionsFile, runIdentity, runOptions } from '../run/options-file.js';
import { performRun, type RecordedOptions } from '../run/perform-run.js';
import { Stopwatch } from '../run/phases.js';
import { resultsTable } from '../run/results-table.js';
import { checkData, resumeCommand, resumedOptions } from '../run/resume.js';
import { SessionLog } from '../run/sessions.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, formatDuration } from '../terminal/text.js';
import type { Command } from './command.js';
import { type TrainOptions, trainOptions } from './train-options.js';

export const train: Command<typeof trainOptions> = {
  usage: 'weft train [options]',
  summary: 'Train the autoencoders, draw the figures, write a report.',
  description:
    'Trains a convolutional autoencoder (CAE) and a denoising one (CDAE) on all cores, tests them, and writes weights, figures and a report into a folder of its own. A run that was broken off goes on with --resume.',
  options: trainOptions,
  positionals: { least: 0, most: 0 },
  async run({ values, given, terminal }) {
    const [startedAt, stopwatch] = [new Date(), new Stopwatch()];
    const resumed = values.resume === undefined ? undefined : await readOptionsFile(values.resume);
    const options = resumed ? { ...values, ...resumedOptions(values.resume ?? '', resumed, values, given) } : values;
    checkCounts(options, given);
    const interrupt = listenForInterrupt(() => {
      terminal.message('Interrupted: finishing the running step. Interrupt again to stop at once.');
    });
    try {
      const directory = await RunDirectory.open(values.resume ?? values.out ?? defaultRunPath(values.model, startedAt));
      const call = { directory, given, resumed, terminal, signal: interrupt.signal, startedAt, stopwatch };
      try {
        return await trainIn(options, call);
      } catch (error) {
        return failed(error, call);
      } finally {
        await directory.close();
      }
    } finally {
      interrupt.stop();
    }
  },
};

/** One call of the command. */
interface Call {
  readonly directory: RunDirectory;
  /** Names of the options that were given. */
  readonly given: ReadonlySet<string>;
  /** What the run was begun with, if it is resumed. */
  readonly resumed: OptionsFile | undefined;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly startedAt: Date;
  readonly stopwatch: Stopwatch;
}

/** Says why a run has ended early, and how it can be resumed. */
function failed(error: unknown, { directory, resumed, terminal }: Call): number {
  const isInterrupted = error instanceof InterruptedError;
  if (!isInterrupted) terminal.error(errorText(error));
  // A training that has diverged would diverge again.
  const isResumable = directory.isBegun ? !(error instanceof NonFiniteError) : isInterrupted && resumed !== undefined;
  if (isResumable)
    terminal.error(`${isInterrupted ? 'Interrupted. ' : ''}Resume with: ${resumeCommand(directory.path)}`);
  else if (isInterrupted) terminal.error('Interrupted: nothing was saved.');
  return exitCodeOf(error);
}

async function trainIn(options: TrainOptions, call: Call): Promise<number> {
  const { directory, resumed, terminal } = call;
  if (!resumed) await refuseUnfinishedRun(directory, options);
  const isDone = resumed && directory.holdsRun && options.epochs === resumed.options.epochs;
  return isDone ? finished(directory, options, terminal) : trainInto(options, call);
}

/** @throws UsageError if there is a run that could be resumed, and nobody has said that it may go */
async function refuseUnfinishedRun(directory: RunDirectory, { overwrite }: TrainOptions): Promise<void> {
  if (overwrite || !(await directory.holdsUnfinishedRun())) return;
  throw new UsageError(
    `--out: ${shownPath(directory.path)} holds an unfinished run. Go on with it: ${resumeCommand(directory.path)}; or replace it with --overwrite.`,
  );
}

/** There is nothing left to do for a run. */
async function finished(directory: RunDirectory, { epochs, json }: TrainOptions, terminal: Terminal): Promise<number> {
  if (json) terminal.print((await readFile(directory.file(RUN_FILES.record), 'utf8')).trimEnd());
  terminal.message(
    `${shownPath(directory.path)} holds a finished run of ${formatCount(epochs)} epochs. To go on, give more: ${resumeCommand(directory.path)} --epochs ${epochs + 1}`,
  );
  return EXIT.ok;
}

async function trainInto(asked: TrainOptions, call: Call): Promise<number> {
  const { directory, given, resumed, terminal, signal, startedAt, stopwatch } = call;
  const request = { ...asked, dataset: resumed?.run.dataset ?? asked.dataset };
  const data = await stopwatch.time('data', () => loadData(request, terminal, { signal }));
  if (resumed) checkData(data, resumed.run);
  const counts = checkCounts(asked, given, data.train.count);
  announceData(data, asked, terminal);
  // As in Keras, a batch is never larger than what there is to train on.
  const options = { ...asked, batchSize: Math.min(asked.batchSize, counts.trainCount) };
  if (given.has('batchSize') && asked.batchSize > counts.trainCount) {
    terminal.warning(
      `--batch-size ${asked.batchSize}: there are only ${formatCount(counts.trainCount)} images to train on; all make one batch.`,
    );
  }
  const resolved = recordedOptions(options, directory);
  const run = runIdentity(data);
  const contents = { ...resolved, run };
  if (resumed) {
    await directory.resume(contents);
  } else {
    if (directory.holdsRun) terminal.warning(`${resolved.out} holds an earlier run, which this one replaces.`);
    await directory.begin(contents);
  }
  const sessions = await SessionLog.begin(directory, startedAt, stopwatch);
  try {
    const record = await performRun({
      directory,
      data,
      counts,
      dataSha256: run.dataSha256,
      options: resolved,
      terminal,
      signal,
      stopwatch,
      sessions,
    });
    await printResult(record, options, directory, terminal);
    return hasDiverged(record) ? EXIT.failure : EXIT.ok;
  } finally {
    // A time that cannot be noted is no reason to hide what went wrong.
    await sessions.note().catch(() => undefined);
  }
}

async function printResult(
  record: RunRecord,
  { json }: TrainOptions,
  directory: RunDirectory,
  terminal: Terminal,
): Promise<void> {
  if (json) {
    const { recordText } = await import('@weft/report');
    terminal.print(recordText(record).trimEnd());
    return;
  }
  terminal.result(
    `${resultsTable(record)}\n\nReport: ${shownPath(directory.file(RUN_FILES.report))} (${formatDuration(record.seconds.total)} in all)`,
  );
}

/**
 * How the training images are cut. Before they are loaded only a limit is known of their number.
 *
 * @param given names of the options that were given: one that was not is not to blame
 * @throws UsageError if none are left to train on or to validate with
 */
function checkCounts(
  { limit, validationSplit }: TrainOptions,
  given: ReadonlySet<string>,
  available = Number.POSITIVE_INFINITY,
) {
  const count = Math.min(limit ?? available, available);
  if (count === Number.POSITIVE_INFINITY) return { trainCount: count, validationCount: 0 };
  try {
    return splitValidation(count, validationSplit);
  } catch (cause) {
    const remedy = limit === undefined ? '' : ', or a larger --limit';
    const images = `${formatCount(count)} training image${count === 1 ? '' : 's'}`;
    throw new UsageError(
      given.has('limit') && !given.has('validationSplit')
        ? `--limit: got ${limit}: of ${images} the validation split of ${validationSplit} leaves none to train on or none to validate with. Give a larger one, or --validation-split 0.`
        : `--validation-split: got ${validationSplit}, which of ${images} leaves none to train on or none to validate with. Give another${remedy}.`,
      { cause },
    );
  }
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

function hasDiverged({ models }: RunRecord): boolean {
  const losses = Object.values(models).flatMap(({ history }) => [...history.loss, ...history.valLoss]);
  return !losses.every(Number.isFinite);
}

/** The options that shape a run, for its record. */
function recordedOptions(options: TrainOptions, directory: RunDirectory): RecordedOptions {
  return {
    ...runOptions(options),
    limit: options.limit ?? null,
    testLimit: options.testLimit ?? null,
    out: shownPath(directory.path),
  };
}
