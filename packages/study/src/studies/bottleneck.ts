import type { Study, TrialOptions } from '../definition/study.js';

/** What a study of the bottleneck varies. */
export interface BottleneckOptions {
  /** Numbers in a latent. */
  readonly sizes: readonly number[];
  /** Seeds of the trainings. Default 42. */
  readonly seeds?: readonly number[];
  readonly base?: TrialOptions;
}

/**
 * Trains with latents of different sizes: how much does an image need?
 *
 * @example
 * bottleneckStudy({ sizes: [2, 8, 32], base: { model: 'dense' } }).trials.length; // 3
 */
export function bottleneckStudy({ sizes, seeds = [42], base = {} }: BottleneckOptions): Study {
  return {
    name: 'bottleneck',
    title: 'Error against the size of the latent',
    base: { model: 'dense', ...base },
    trials: sizes.flatMap((latentSize) =>
      seeds.map((seed) => ({ name: `latent-${latentSize}-seed-${seed}`, options: { latentSize, seed } })),
    ),
    measures: [],
    report: 'bottleneck',
  };
}
