import type { StudyReport, TrialResult } from '@weft/study';
import { wrap } from '../arguments/help.js';
import { datasetTitle } from '../run/results-table.js';
import { formatCount, formatTable } from '../terminal/text.js';

/** What a study or a sweep has found, for the terminal. */
export function reportText(
  { trials }: { readonly trials: readonly TrialResult[] },
  { tables, lead }: Pick<StudyReport, 'tables' | 'lead'>,
): string {
  const [{ dataset, testCount }] = trials;
  return [
    `${datasetTitle(dataset)}, ${formatCount(testCount)} test images`,
    ...tables.map(({ head, rows }) => `${formatTable([head, ...rows])}\n`),
    ...lead.map((sentence) => wrap(sentence).join('\n')),
  ].join('\n');
}
