import { join } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';
import { recordText } from '@weft/report';
import { completeTrials, type Json, type Study, type Trial } from './definition/study.js';
import type { Executor } from './execute/executor.js';
import { performAll, requireSameTestImages } from './execute/perform-all.js';
import { resultsCsv } from './execute/results-csv.js';
import type { TrialResult } from './execute/trial-result.js';
import { composeReport } from './report/compose-report.js';
import { studyPage } from './report/study-page.js';
import type { StudyReport } from './report/study-report.js';
import { writeFigures } from './report/write-figures.js';

/** What results.json holds. */
export interface StudyResults {
  readonly study: Study;
  /** What the study has found; null if its kind has no summary. */
  readonly summary: Json;
  /** In the order of the definition. */
  readonly trials: readonly TrialResult[];
}

export interface RunStudyOptions {
  /** Where the study is written. */
  readonly directory: string;
  readonly executor: Executor;
  readonly signal?: AbortSignal;
  /** Is called after each trial, with how many are done. */
  readonly onDone?: (trial: Trial, result: TrialResult, done: number) => void;
}

/**
 * Performs the trials of a study, those that are done already excepted, and writes `study.json`, `results.json`,
 * `results.csv`, `report.html` and `figures/`. The files have the same bytes whatever the order of the trials was, and however often the study was
 * interrupted.
 *
 * @returns the results, and what they say
 * @throws StudyError if trials were trained on different data, or the executor left one out; whatever the executor rejects with
 * @example
 * const base = { dataset: 'mine', synthetic: false, trainCount: 9, validationCount: 0, testCount: 1 };
 * const perform: PerformTrial = async ({ name, options }) => {
 *   return { name, options, ...base, models: {}, measurements: {} }; // trains, for instance by `performInFolder`
 * };
 * const study = parseStudy('{ "name": "mine", "grid": { "seed": [1, 2] } }', { source: 'mine.json' });
 * const { results } = await runStudy(study, { directory: 'mine', executor: localExecutor(perform) });
 * results.trials.length; // 2
 */
export async function runStudy(
  study: Study,
  options: RunStudyOptions,
): Promise<{ results: StudyResults; report: StudyReport }> {
  const { directory, executor, signal = new AbortController().signal, onDone } = options;
  await makeFolders(directory);
  await writeAtomically(join(directory, 'study.json'), recordText(study));
  const trials = completeTrials(study);
  const ordered = await performAll(trials, { executor, signal, ...(onDone && { onDone }) });
  requireSameTestImages(ordered);
  const report = composeReport({ study, trials: ordered });
  const results: StudyResults = { study, summary: report.summary, trials: ordered };
  await writeFigures(report.figures, join(directory, 'figures'), signal);
  await writeAtomically(join(directory, 'report.html'), studyPage(results, report));
  await writeAtomically(join(directory, 'results.csv'), resultsCsv(ordered));
  // Last: a folder with results.json is a whole study.
  await writeAtomically(join(directory, 'results.json'), recordText(results));
  return { results, report };
}
