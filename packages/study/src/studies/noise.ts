import { trialWord } from '../definition/grid.js';
import type { Study, TrialOptions } from '../definition/study.js';

/** What a study of noise varies. */
export interface NoiseOptions {
  /** Texts of noises to train on, such as `gaussian:0.4`. */
  readonly noises: readonly string[];
  /** Texts of noises to test on; default: those of training. */
  readonly tests?: readonly string[];
  readonly base?: TrialOptions;
}

/**
 * Trains on one kind and strength of noise, and tests on all of them: what does a model that has seen one noise make of
 * others?
 *
 * @example
 * noiseStudy({ noises: ['gaussian:0.4', 'blur:1'], base: { model: 'cdae,unet' } }).trials.length; // 2
 */
export function noiseStudy({ noises, tests = noises, base = {} }: NoiseOptions): Study {
  return {
    name: 'noise',
    title: 'Trained on one noise, tested on others',
    base: { model: 'cdae,unet', ...base },
    trials: noises.map((noise) => ({ name: trialWord(noise), options: { noise } })),
    measures: [{ kind: 'noise', noises: [...tests] }],
    report: 'noise',
  };
}
