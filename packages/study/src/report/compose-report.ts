import type { StudyResults } from '../run-study.js';
import { anomalyReport } from '../studies/anomaly-report.js';
import { bottleneckReport } from '../studies/bottleneck-report.js';
import { featuresReport } from '../studies/features-report.js';
import { lossReport } from '../studies/loss-report.js';
import { noiseReport } from '../studies/noise-report.js';
import { seedsReport } from '../studies/seeds-report.js';
import { tableReport } from '../studies/table-report.js';
import type { StudyReport } from './study-report.js';

/** How each kind of study is reported. */
const REPORTS: Readonly<Record<string, (results: StudyResults['trials']) => StudyReport>> = {
  table: tableReport,
  seeds: seedsReport,
  noise: noiseReport,
  anomaly: anomalyReport,
  loss: lossReport,
  bottleneck: bottleneckReport,
  features: featuresReport,
};

/**
 * Kinds of reports.
 *
 * @example
 * REPORT_KINDS.includes('seeds'); // true
 */
export const REPORT_KINDS: readonly string[] = Object.keys(REPORTS);

/** What the results of a study say. */
export function composeReport({ study, trials }: Pick<StudyResults, 'study' | 'trials'>): StudyReport {
  const compose = Object.hasOwn(REPORTS, study.report) ? REPORTS[study.report] : tableReport;
  return compose(trials);
}
