import type { StudyReport, StudyResults } from '@weft/study';
import { wrap } from '../arguments/help.js';
import { datasetTitle } from '../run/results-table.js';
import { formatCount, formatTable } from '../terminal/text.js';

/** What a study has found, for the terminal. */
export function reportText({ trials }: StudyResults, { tables, lead }: StudyReport): string {
  const [{ dataset, testCount }] = trials;
  return [
    `${datasetTitle(dataset)}, ${formatCount(testCount)} test images`,
    ...tables.map(({ head, rows }) => `${formatTable([head, ...rows])}\n`),
    ...lead.map((sentence) => wrap(sentence).join('\n')),
  ].join('\n');
}
