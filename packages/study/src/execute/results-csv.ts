import { encodeCsv } from '@weft/formats/arrays';
import type { TrialResult } from './trial-result.js';

/**
 * A table of the results as CSV (RFC 4180): a row for each model of each trial, with the options that differ between
 * trials.
 */
export function resultsCsv(results: readonly TrialResult[]): string {
  const varied = variedOptions(results);
  const head = [
    'trial',
    'model',
    ...varied,
    'parameters',
    'loss',
    'valLoss',
    'testMse',
    'testMseMedian',
    'psnr',
    'ssim',
  ];
  const rows = results.flatMap(({ name, options, models }) =>
    Object.entries(models).map(([key, { parameters, loss, valLoss, testError, psnr, ssim }]) => [
      name,
      key,
      ...varied.map((option) => options[option] ?? ''),
      parameters,
      loss.at(-1) ?? '',
      valLoss.at(-1) ?? '',
      testError.mean,
      testError.median,
      psnr,
      ssim,
    ]),
  );
  return encodeCsv([head, ...rows]);
}

/**
 * Options in which trials differ, in the order of the first trial.
 *
 * @example
 * variedOptions([{ options: { seed: 1, epochs: 5 } }, { options: { seed: 2, epochs: 5 } }]); // ['seed']
 */
export function variedOptions(results: readonly Pick<TrialResult, 'options'>[]): string[] {
  const names = [...new Set(results.flatMap(({ options }) => Object.keys(options)))];
  return names.filter((name) => new Set(results.map(({ options }) => options[name] ?? null)).size > 1);
}
