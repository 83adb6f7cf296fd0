import { resolve } from 'node:path';
import type { RunRecord } from '@weft/report';
import { scheduledRate } from '../arguments/schedule.js';
import type { TrainOptions } from '../commands/train-options.js';
import { UsageError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import { callersFolder, type RunDirectory, shownPath } from './directory.js';
import { firstModel } from './first-model.js';
import { announceData, countsOf } from './image-counts.js';
import { DATASETS, loadData } from './load-data.js';
import { modelKeys } from './model-keys.js';
import { noiseFactorOf, noiseOf } from './noise.js';
import { type OptionsFile, runIdentity, runOptions } from './options-file.js';
import { performRun, type RecordedOptions } from './perform-run.js';
import type { Stopwatch } from './phases.js';
import { checkData } from './resume.js';
import type { RunData } from './run-data.js';
import { SessionLog } from './sessions.js';

/** One training of a run: by a call of the command, or from other code. */
export interface TrainingCall {
  /** Open. */
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

/**
 * Trains into a folder: begins a run there, or resumes the one that is there.
 *
 * @param asked all options of `weft train`; those of the run, where it is resumed
 * @returns what run.json holds
 * @throws InterruptedError if the signal was aborted; what there is by then can be resumed
 */
export async function trainInto(asked: TrainOptions, call: TrainingCall): Promise<RunRecord> {
  const { resumed, terminal, signal, stopwatch } = call;
  const dataset = DATASETS.find((name) => name === resumed?.run.dataset) ?? asked.dataset;
  const request = { ...asked, dataset, data: resumed?.run.dataPath ?? asked.data };
  const data = await stopwatch.time('data', () => loadData(request, terminal, { signal }));
  try {
    return await trainOn(data, asked, call);
  } finally {
    data.close();
  }
}

async function trainOn(data: RunData, asked: TrainOptions, call: TrainingCall): Promise<RunRecord> {
  const { directory, given, resumed, terminal, signal, startedAt, stopwatch } = call;
  if (resumed) checkData(data, resumed.run);
  const counts = countsOf(data, asked, given);
  announceData(data, asked, terminal);
  // As in Keras, a batch is never larger than what there is to train on.
  const options = { ...asked, batchSize: Math.min(asked.batchSize, counts.trainCount) };
  if (given.has('batchSize') && asked.batchSize > counts.trainCount) {
    terminal.warning(
      `--batch-size ${asked.batchSize}: there are only ${formatCount(counts.trainCount)} images to train on; all make one batch.`,
    );
  }
  await checkModels(options, data);
  const resolved = recordedOptions(options, directory);
  const dataPath =
    resumed?.run.dataPath ?? (asked.data === undefined ? undefined : resolve(callersFolder(), asked.data));
  const run = { ...runIdentity(data), ...(dataPath !== undefined && { dataPath }), trainCount: counts.trainCount };
  const contents = { ...resolved, run };
  if (resumed) {
    await directory.resume(contents);
  } else {
    if (directory.holdsRun) terminal.warning(`${resolved.out} holds an earlier run, which this one replaces.`);
    await directory.begin(contents);
  }
  const sessions = await SessionLog.begin(directory, startedAt, stopwatch);
  try {
    const { dataSha256 } = run;
    const cluster = asked.cluster === undefined ? undefined : { url: asked.cluster, values: asked };
    const plan = {
      directory,
      data,
      counts,
      dataSha256,
      options: resolved,
      cluster,
      terminal,
      signal,
      stopwatch,
      sessions,
    };
    const board = asked.tensorboard === undefined ? {} : { tensorBoard: resolve(callersFolder(), asked.tensorboard) };
    return await performRun({ ...plan, ...board });
  } finally {
    // A time that cannot be noted is no reason to hide what went wrong.
    await sessions.note().catch(() => undefined);
  }
}

/** @throws UsageError if one of the models cannot be built for the images, or not be trained so */
async function checkModels(options: TrainOptions, { train: { height, width, channels } }: RunData): Promise<void> {
  for (const key of modelKeys(options.model)) {
    try {
      await firstModel(key, options, { height, width, channels });
      scheduledRate(options.schedule, { ...options, stepsPerEpoch: 1 });
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new UsageError(`--model ${key}: ${cause.message.replace(/^buildAutoencoder: /, '')}`, { cause });
    }
  }
}

/** The options that shape a run, for its record. */
function recordedOptions(options: TrainOptions, directory: RunDirectory): RecordedOptions {
  return {
    ...runOptions(options),
    noiseFactor: noiseFactorOf(noiseOf(options)) ?? null,
    limit: options.limit ?? null,
    testLimit: options.testLimit ?? null,
    out: shownPath(directory.path),
  };
}
