import { existsSync } from 'node:fs';
import type { RunRecord } from '@weft/report';
import { kebab, withDefaults } from '../arguments/table.js';
import { checkModelOptions } from '../commands/model-options.js';
import { type TrainOptions, trainOptions } from '../commands/train-options.js';
import { UsageError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkDataOptions } from './data-options.js';
import { RUN_FILES, RunDirectory, shownPath } from './directory.js';
import { withModelOf } from './first-model.js';
import { checkCounts } from './image-counts.js';
import { modelKeys } from './model-keys.js';
import { refuseTwoNoises } from './noise.js';
import { type OptionsFile, type RunOptions, readOptionsFile, runOptions } from './options-file.js';
import { Stopwatch } from './phases.js';
import { CHANGEABLE, refuseLongerSchedule } from './resume.js';
import { readRunFile } from './run-file.js';
import { trainInto } from './train-into.js';

/** A training that other code of this process asks for. */
export interface Training {
  /** Options of `weft train` by their names in camel case, such as `{ model: 'cae', seed: 2 }`. Others have their defaults. */
  readonly options: Partial<TrainOptions>;
  /** The run's folder: new, or that of a run with the same options. */
  readonly directory: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Does what `weft train` does, without a command line. A finished run with the same options in the folder is returned as
 * it is, and an unfinished one is resumed; more epochs than it has are trained on.
 *
 * @returns what run.json holds
 * @throws UsageError if the folder holds a run with other options; InterruptedError, or the signal's reason, if it was
 *         aborted: the run can then be resumed by the same call
 */
export async function performTraining({
  options: given,
  directory: path,
  terminal,
  signal,
}: Training): Promise<RunRecord> {
  const [startedAt, stopwatch] = [new Date(), new Stopwatch()];
  const { asked, names } = checkedTraining(given);
  const directory = await RunDirectory.open(path);
  try {
    const resumed = existsSync(directory.file(RUN_FILES.options)) ? await readOptionsFile(directory.path) : undefined;
    const finished = resumed && directory.holdsRun ? await finishedRun(directory.path) : undefined;
    if (resumed) refuseOtherRun(resumed, runOptions(asked), directory.path);
    if (finished && resumed?.options.epochs === asked.epochs) return finished;
    if (resumed) refuseLongerSchedule(resumed.options, asked.epochs);
    const changes = Object.fromEntries(CHANGEABLE.map((name) => [name, asked[name]]));
    const options = resumed ? { ...asked, ...resumed.options, ...changes } : asked;
    return await trainInto(options, { directory, given: names, resumed, terminal, signal, startedAt, stopwatch });
  } finally {
    await directory.close();
  }
}

/**
 * Checks options together, as `weft train` would.
 *
 * @returns all options, and the names of those that are not at their defaults
 * @throws UsageError for options that no training takes
 */
export function checkedTraining(given: Partial<TrainOptions>): { asked: TrainOptions; names: Set<string> } {
  const asked = withModelOf(withDefaults(trainOptions, given), new Set(Object.keys(given)));
  const standard = withDefaults(trainOptions, { quick: asked.quick });
  const names = new Set(
    (Object.keys(given) as (keyof TrainOptions)[]).filter((name) => asked[name] !== standard[name]),
  );
  checkDataOptions(asked, names);
  refuseTwoNoises(names);
  checkModelOptions(asked, modelKeys(asked.model));
  checkCounts(asked, names);
  return { asked, names };
}

async function finishedRun(folder: string): Promise<RunRecord> {
  const { parseRunRecord } = await import('@weft/report');
  return parseRunRecord(await readRunFile(folder, RUN_FILES.record));
}

/** @throws UsageError naming each option of which the folder's run has another value */
function refuseOtherRun({ options, run }: OptionsFile, asked: RunOptions, folder: string): void {
  const isSame = (name: keyof RunOptions) => {
    if (name === 'epochs') return asked.epochs >= options.epochs;
    // As the run has it: a batch is never larger than what there is to train on.
    if (name === 'batchSize') return options.batchSize === Math.min(asked.batchSize, run.trainCount ?? asked.batchSize);
    return asked[name] === options[name];
  };
  const names = (Object.keys(asked) as (keyof RunOptions)[]).filter(
    (name) => name === 'epochs' || !CHANGEABLE.includes(name as never),
  );
  const differing = names.filter((name) => !isSame(name));
  if (differing.length === 0) return;
  const list = differing.map(
    (name) => `--${kebab(name)}: got ${asked[name] ?? 'none'}, the run has ${options[name] ?? 'none'}`,
  );
  throw new UsageError(
    `${shownPath(folder)} holds a run with other options: ${list.join('; ')}. Choose another folder, or remove this one.`,
  );
}
