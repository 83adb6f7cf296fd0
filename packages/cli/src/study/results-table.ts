import { type StudyResults, variedOptions } from '@weft/study';
import { datasetTitle } from '../run/results-table.js';
import { formatCount, formatTable, formatValue } from '../terminal/text.js';

/** What the trials have come to: a row for each model of each trial. */
export function resultsTable({ trials }: StudyResults): string {
  const varied = variedOptions(trials);
  const head = ['', 'model', ...varied, 'loss', 'val_loss', 'test MSE', 'PSNR', 'SSIM'];
  const rows = trials.flatMap(({ name, options, models }) =>
    Object.entries(models).map(([key, { loss, valLoss, testError, psnr, ssim }]) => [
      name,
      key,
      ...varied.map((option) => String(options[option] ?? '-')),
      ...[loss.at(-1), valLoss.at(-1), testError.mean].map((value) => (value === undefined ? '-' : formatValue(value))),
      psnr.toFixed(2),
      ssim.toFixed(4),
    ]),
  );
  const [{ dataset, testCount }] = trials;
  return `${datasetTitle(dataset)}, ${formatCount(testCount)} test images\n${formatTable([head, ...rows])}`;
}
