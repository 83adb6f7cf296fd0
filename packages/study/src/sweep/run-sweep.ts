import { join } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';
import { recordText } from '@weft/report';
import { requireSameTestImages } from '../execute/perform-all.js';
import type { TrialResult } from '../execute/trial-result.js';
import type { StudyReport } from '../report/study-report.js';
import { writeFigures } from '../report/write-figures.js';
import { type PerformRungsOptions, performRungs, rowsOf, type SweepRow } from './perform-rungs.js';
import type { Sweep } from './sweep.js';
import { sweepCsv } from './sweep-csv.js';
import { sweepPage } from './sweep-page.js';
import { sweepReport } from './sweep-report.js';

/** What results.json of a sweep holds. */
export interface SweepResults {
  readonly sweep: Sweep;
  /** From the best to the worst. */
  readonly rows: readonly SweepRow[];
  /** All trials, rung by rung. */
  readonly trials: readonly TrialResult[];
}

export interface RunSweepOptions extends Omit<PerformRungsOptions, 'signal'> {
  /** Where the sweep is written. */
  readonly directory: string;
  readonly signal?: AbortSignal;
}

/**
 * Performs the trials of a sweep, those that are done already excepted, and writes `sweep.json`, `results.json`,
 * `results.csv`, `report.html` and `figures/`. With halving, the best trials of each rung go on in the next one, once all
 * trials of a rung are done; of equal ones those with lower numbers. The files have the same bytes whatever the order of
 * the trials was, however many were performed at a time, and however often the sweep was interrupted.
 *
 * @returns the results, from the best to the worst, and what they say
 * @throws StudyError if trials were tested on different data, or the executor left one out; whatever the executor rejects with
 * @example
 * const base = { dataset: 'mine', synthetic: false, trainCount: 9, validationCount: 0, testCount: 1 };
 * const perform: PerformTrial = async ({ name, options }) => {
 *   return { name, options, ...base, models: {}, measurements: {} }; // trains, for instance by `performInFolder`
 * };
 * const sweep = parseSweep('{ "name": "mine", "space": { "batchSize": [32, 64] } }', { source: 'mine.json' });
 * const { results } = await runSweep(sweep, { directory: 'mine', executor: localExecutor(perform) });
 * results.rows.map(({ trial }) => trial); // ['trial-1', 'trial-2']
 */
export async function runSweep(
  sweep: Sweep,
  options: RunSweepOptions,
): Promise<{ results: SweepResults; report: StudyReport }> {
  const { directory, signal = new AbortController().signal } = options;
  await makeFolders(directory);
  await writeAtomically(join(directory, 'sweep.json'), recordText(sweep));
  const performed = await performRungs(sweep, { ...options, signal });
  const trials = performed.flat().map(({ result }) => result);
  requireSameTestImages(trials);
  const results: SweepResults = { sweep, rows: rowsOf(sweep, performed), trials };
  const report = sweepReport(results);
  await writeFigures(report.figures, join(directory, 'figures'), signal);
  await writeAtomically(join(directory, 'report.html'), sweepPage(results, report));
  await writeAtomically(join(directory, 'results.csv'), sweepCsv(results));
  // Last: a folder with results.json is a whole sweep.
  await writeAtomically(join(directory, 'results.json'), recordText(results));
  return { results, report };
}
