import type { StudyReport, SweepResults } from '@weft/study';
import { reportText } from '../study/report-text.js';

/** Rows that the terminal shows; the report has all. */
const MOST_ROWS = 30;

/** What a sweep has found, for the terminal. */
export function sweepText(results: SweepResults, { lead, tables }: StudyReport): string {
  const shortened = tables.map(({ rows, ...table }) => ({ ...table, rows: rows.slice(0, MOST_ROWS) }));
  const left = results.rows.length - MOST_ROWS;
  const more = left > 0 ? [`The report has ${left} more.`] : [];
  return reportText(results, { tables: shortened, lead: [...lead, ...more] });
}
