import type { Trial, TrialOptions } from './study.js';

/**
 * One trial for each combination of values, the last option changing fastest.
 *
 * @param axes values of each option
 * @returns trials with names such as `depth-2-seed-1`
 * @example
 * expandGrid({ depth: [1, 2], seed: [1] }).map(({ name }) => name); // ['depth-1-seed-1', 'depth-2-seed-1']
 */
export function expandGrid(axes: Readonly<Record<string, readonly (boolean | number | string)[]>>): Trial[] {
  let combinations: { name: string; options: TrialOptions }[] = [{ name: '', options: {} }];
  for (const [option, values] of Object.entries(axes)) {
    combinations = combinations.flatMap(({ name, options }) =>
      values.map((value) => ({
        name: `${name}${name && '-'}${trialWord(`${option}-${value}`)}`,
        options: { ...options, [option]: value },
      })),
    );
  }
  return combinations;
}

/**
 * A text as a part of the name of a trial: `0.8*ssim + 0.2*mae` becomes `0.8-ssim-0.2-mae`.
 *
 * @example
 * trialWord('0.8*ssim + 0.2*mae'); // '0.8-ssim-0.2-mae'
 */
export function trialWord(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}
