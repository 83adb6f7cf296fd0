import type { Study, TrialOptions } from '../definition/study.js';

/** What a study of features varies. */
export interface FeaturesOptions {
  /** Seeds of the trainings. Default 42. */
  readonly seeds?: readonly number[];
  /** Training images that classifiers are given. Default 10,000. */
  readonly examples?: number;
  readonly base?: TrialOptions;
}

/**
 * Are latents better features than pixels? Two simple classifiers are given both.
 *
 * @example
 * featuresStudy({ base: { model: 'cae,vae', epochs: 20 } }).trials.length; // 1
 */
export function featuresStudy({ seeds = [42], examples = 10_000, base = {} }: FeaturesOptions): Study {
  return {
    name: 'features',
    title: 'Latents as features, against pixels',
    base: { model: 'cae,cdae,dense,vae', ...base },
    trials: seeds.map((seed) => ({ name: `seed-${seed}`, options: { seed } })),
    measures: [{ kind: 'features', examples }],
    report: 'features',
  };
}
