import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';
import { recordText } from '@weft/report';
import type { Json, Measure, Trial, TrialOptions } from '../definition/study.js';
import { StudyError } from '../errors.js';
import type { PerformTrial } from './executor.js';
import { type CompleteOptions, inspectTrialFolder, type TrialFolder } from './trial-folder.js';
import { modelResults, type TrialResult } from './trial-result.js';

/** What a trial's training is called with. */
export interface TrainCall {
  readonly options: TrialOptions;
  /** Where its run is written. */
  readonly folder: string;
  /** Whether an unfinished run in this folder goes on. */
  readonly resume: boolean;
  /** The folder of a finished run whose training goes on in this folder, which is empty. */
  readonly continues?: string;
  readonly signal: AbortSignal;
}

/** What a measure is called with. */
export interface MeasureCall {
  readonly trial: Trial;
  /** The folder of the trial's finished run. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** How trials are performed in folders. */
export interface PerformInFolderOptions {
  /** The folder of the study. */
  readonly directory: string;
  readonly complete: CompleteOptions;
  /** Trains as `weft train --out` or `--resume` does, to the end. */
  readonly train: (call: TrainCall) => Promise<unknown>;
  /** Measures something of the trained models. */
  readonly measure?: (measure: Measure, call: MeasureCall) => Promise<Json>;
}

/**
 * Where the run of a trial lies.
 *
 * @example
 * trialFolder('my-study', 'seed-1'); // 'my-study/trials/seed-1'
 */
export const trialFolder = (directory: string, name: string) => join(directory, 'trials', name);

/**
 * Looks at the folders of all trials before the first one is performed.
 *
 * @returns how many trials are finished already
 * @throws StudyError if one of the folders holds something else than this trial
 * @example
 * const trials = completeTrials(seedsStudy({ seeds: [1, 2] }));
 * await finishedTrials(trials, { directory: 'my-study', complete: (options) => options }); // 0
 */
export async function finishedTrials(
  trials: readonly Trial[],
  { directory, complete }: Pick<PerformInFolderOptions, 'directory' | 'complete'>,
): Promise<number> {
  let finished = 0;
  for (const { name, options } of trials) {
    const { state } = await inspectTrialFolder(trialFolder(directory, name), options, complete);
    if (state === 'finished') finished++;
  }
  return finished;
}

/**
 * Performs trials in folders of the study: `trials/NAME` is a run as `weft train` writes it, `measurements/NAME.json` what
 * was measured besides. What is finished there is taken as it is, and what is unfinished goes on.
 *
 * @throws StudyError (when a trial is performed) if its folder holds something else
 * @example
 * const perform = performInFolder({
 *   directory: 'my-study',
 *   complete: (options) => options,
 *   train: async ({ options, folder }) => console.log(`trains ${folder}`), // as `weft train --out` does
 * });
 * const executor = localExecutor(perform);
 */
export function performInFolder({ directory, complete, train, measure }: PerformInFolderOptions): PerformTrial {
  return async (trial, signal) => {
    const folder = trialFolder(directory, trial.name);
    const { options } = trial;
    const inspect = () => inspectTrialFolder(folder, options, complete);
    let found = await inspect();
    if (found.state !== 'finished') {
      const continues = found.state === 'empty' ? await continued(trial, { directory, complete }) : undefined;
      await train({ options, folder, resume: found.state === 'unfinished', ...(continues && { continues }), signal });
      found = await inspect();
    }
    const { record, dataSha256 } = found as TrialFolder;
    if (!record) throw new StudyError(`${folder} holds no finished run after its training. Delete it and try again.`);
    const result: TrialResult = {
      name: trial.name,
      options: complete(options),
      dataset: record.dataset,
      synthetic: record.data.synthetic,
      trainCount: record.data.trainCount,
      validationCount: record.data.validationCount,
      testCount: record.data.testCount,
      ...(dataSha256 && { dataSha256 }),
      models: modelResults(record),
      measurements: {},
    };
    return { ...result, measurements: await measured(result, { trial, folder, signal }, directory, measure) };
  };
}

/** The folder of the trial that one continues, if it does. */
async function continued(
  { name, options, continues }: Trial,
  { directory, complete }: Pick<PerformInFolderOptions, 'directory' | 'complete'>,
): Promise<string | undefined> {
  if (!continues) return undefined;
  const folder = trialFolder(directory, continues.name);
  const { state } = await inspectTrialFolder(folder, { ...options, epochs: continues.epochs }, complete);
  if (state === 'finished') return folder;
  throw new StudyError(
    `${name} continues ${continues.name}, but ${folder} holds no finished run. Perform ${continues.name} first.`,
  );
}

/** What is measured of the models, or was measured of the same models before. */
async function measured(
  { models }: TrialResult,
  call: MeasureCall,
  directory: string,
  measure: PerformInFolderOptions['measure'],
): Promise<Readonly<Record<string, Json>>> {
  const { measures = [], name } = call.trial;
  if (measures.length === 0) return {};
  if (!measure) throw new StudyError(`${name}: there is nothing that could measure ${measures[0].kind}.`);
  const path = join(directory, 'measurements', `${name}.json`);
  const weights = Object.fromEntries(Object.entries(models).map(([key, { weightsSha256 }]) => [key, weightsSha256]));
  const earlier = await earlierMeasurements(path, weights);
  const found: { measure: Measure; result: Json }[] = [];
  for (const each of measures) {
    call.signal.throwIfAborted();
    const before = earlier.find((one) => JSON.stringify(one.measure) === JSON.stringify(each));
    found.push({ measure: each, result: before ? before.result : await measure(each, call) });
    await makeFolders(join(directory, 'measurements'));
    await writeAtomically(path, recordText({ weights, measurements: found }));
  }
  return Object.fromEntries(found.map(({ measure: { kind }, result }) => [kind, result]));
}

/** What can be used of an earlier measurement: nothing if the models are others, or the file is damaged. */
async function earlierMeasurements(
  path: string,
  weights: Readonly<Record<string, string>>,
): Promise<{ measure: Measure; result: Json }[]> {
  try {
    const json = JSON.parse(await readFile(path, 'utf8'));
    const isOfThese = JSON.stringify(json.weights) === JSON.stringify(weights) && Array.isArray(json.measurements);
    return isOfThese ? json.measurements : [];
  } catch {
    return [];
  }
}
