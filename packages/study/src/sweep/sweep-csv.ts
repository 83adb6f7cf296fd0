import { encodeCsv } from '@weft/formats/arrays';
import type { SweepResults } from './run-sweep.js';
import { scoredModel } from './scores.js';

/** The table of a sweep as CSV (RFC 4180), from the best trial to the worst. */
export function sweepCsv({ sweep, rows, trials }: SweepResults): string {
  const searched = Object.keys(sweep.space);
  const head = ['rank', 'trial', 'run', 'epochs', ...searched, 'score', 'loss', 'valLoss', 'testMse', 'psnr', 'ssim'];
  const results = new Map(trials.map((result) => [result.name, result]));
  const body = rows.map(({ rank, trial, run, epochs, score, options }) => {
    const result = results.get(run);
    const model = result && scoredModel(result, sweep.score);
    return [
      ...[rank, trial, run, epochs],
      ...searched.map((option) => options[option] ?? ''),
      score ?? '',
      ...[model?.loss.at(-1), model?.valLoss.at(-1), model?.testError.mean, model?.psnr, model?.ssim].map(
        (value) => value ?? '',
      ),
    ];
  });
  return encodeCsv([head, ...body]);
}
