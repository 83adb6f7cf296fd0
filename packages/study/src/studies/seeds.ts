import type { Study, TrialOptions } from '../definition/study.js';

/** What a study of seeds varies. */
export interface SeedsOptions {
  readonly seeds: readonly number[];
  readonly base?: TrialOptions;
}

/**
 * The same training with several seeds: how far do results scatter, and is a result luck?
 *
 * @example
 * seedsStudy({ seeds: [1, 2], base: { epochs: 20 } }).trials.map(({ name }) => name); // ['seed-1', 'seed-2']
 */
export function seedsStudy({ seeds, base = {} }: SeedsOptions): Study {
  return {
    name: 'seeds',
    title: 'How much is luck? The same training with several seeds',
    base,
    trials: seeds.map((seed) => ({ name: `seed-${seed}`, options: { seed } })),
    measures: [],
    report: 'seeds',
  };
}
