import { readFile } from 'node:fs/promises';
import { NonFiniteError } from '@weft/pool';
import type { RunRecord } from '@weft/report';
import { EXIT, errorText, exitCodeOf, InterruptedError, UsageError } from '../exit.js';
import { checkDataOptions } from '../run/data-options.js';
import { defaultRunPath, RUN_FILES, RunDirectory, shownPath } from '../run/directory.js';
import { withModelOf } from '../run/first-model.js';
import { checkCounts } from '../run/image-counts.js';
import { modelKeys } from '../run/model-keys.js';
import { refuseTwoNoises } from '../run/noise.js';
import { readOptionsFile } from '../run/options-file.js';
import { Stopwatch } from '../run/phases.js';
import { resultsTable } from '../run/results-table.js';
import { resumeCommand, resumedOptions } from '../run/resume.js';
import { type TrainingCall, trainInto } from '../run/train-into.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, formatDuration } from '../terminal/text.js';
import type { Command } from './command.js';
import { checkModelOptions } from './model-options.js';
import { type TrainOptions, trainOptions } from './train-options.js';

export const train: Command<typeof trainOptions> = {
  usage: 'weft train [options]',
  summary: 'Train the autoencoders, draw the figures, write a report.',
  description:
    'Trains autoencoders on all cores, a convolutional one (CAE) and a denoising one (CDAE) if nothing else is asked for, on Fashion-MNIST or on your own pictures. Tests them, and writes weights, figures and a report into a folder of its own. A run that was broken off goes on with --resume.',
  options: trainOptions,
  positionals: { least: 0, most: 0 },
  async run({ values, given, terminal }) {
    const [startedAt, stopwatch] = [new Date(), new Stopwatch()];
    const resumed = values.resume === undefined ? undefined : await readOptionsFile(values.resume);
    const all = resumed ? { ...values, ...resumedOptions(values.resume ?? '', resumed, values, given) } : values;
    const options = withModelOf(all, given);
    checkDataOptions(options, given);
    refuseTwoNoises(given);
    checkModelOptions(options, modelKeys(options.model));
    checkCounts(options, given);
    if (options.cluster !== undefined && options.fastMath) {
      throw new UsageError('--fast-math: its bits differ between machines. Leave it out to train with --cluster.');
    }
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

/** Says why a run has ended early, and how it can be resumed. */
function failed(error: unknown, { directory, resumed, terminal }: TrainingCall): number {
  const isInterrupted = error instanceof InterruptedError;
  if (!isInterrupted) terminal.error(errorText(error));
  // A training that has diverged would diverge again.
  const isResumable = directory.isBegun ? !(error instanceof NonFiniteError) : isInterrupted && resumed !== undefined;
  if (isResumable)
    terminal.error(`${isInterrupted ? 'Interrupted. ' : ''}Resume with: ${resumeCommand(directory.path)}`);
  else if (isInterrupted) terminal.error('Interrupted: nothing was saved.');
  return exitCodeOf(error);
}

async function trainIn(options: TrainOptions, call: TrainingCall): Promise<number> {
  const { directory, resumed, terminal } = call;
  if (!resumed) await refuseUnfinishedRun(directory, options);
  const isDone = resumed && directory.holdsRun && options.epochs === resumed.options.epochs;
  if (isDone) return finished(directory, options, terminal);
  const record = await trainInto(options, call);
  await printResult(record, options, directory, terminal);
  return hasDiverged(record) ? EXIT.failure : EXIT.ok;
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

function hasDiverged({ models }: RunRecord): boolean {
  const losses = Object.values(models).flatMap(({ history }) => [...history.loss, ...history.valLoss]);
  return !losses.every(Number.isFinite);
}
