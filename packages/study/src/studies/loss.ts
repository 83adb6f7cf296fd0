import { trialWord } from '../definition/grid.js';
import type { Study, TrialOptions } from '../definition/study.js';

/** What a study of losses varies. */
export interface LossOptions {
  /** Texts of losses, such as `0.8*ssim + 0.2*mae`. */
  readonly losses: readonly string[];
  /** Seeds of the trainings. Default 42. */
  readonly seeds?: readonly number[];
  readonly base?: TrialOptions;
}

/**
 * Trains on different losses: what does each make of MSE, PSNR and SSIM?
 *
 * @example
 * lossStudy({ losses: ['mse', 'ssim'], base: { model: 'cae' } }).trials.length; // 2
 */
export function lossStudy({ losses, seeds = [42], base = {} }: LossOptions): Study {
  return {
    name: 'loss',
    title: 'What models learn from different losses',
    base: { model: 'cae', ...base },
    trials: losses.flatMap((loss) =>
      seeds.map((seed) => ({ name: `${trialWord(loss)}-seed-${seed}`, options: { loss, seed } })),
    ),
    measures: [],
    report: 'loss',
  };
}
