import type { TrialOptions } from '../definition/study.js';
import type { ModelResult, TrialResult } from '../execute/trial-result.js';
import type { Score, ScoreName } from './sweep.js';

interface ScoreKind {
  readonly title: string;
  readonly goal: Score['goal'];
  of(model: ModelResult, options: TrialOptions): number | undefined;
}

/** What there is to compare by. */
export const SCORES: Readonly<Record<ScoreName, ScoreKind>> = {
  valLoss: { title: 'Validation loss', goal: 'minimise', of: ({ valLoss }, options) => kept(valLoss, options) },
  loss: { title: 'Training loss', goal: 'minimise', of: ({ loss }, options) => kept(loss, options) },
  testError: { title: 'Test error (MSE)', goal: 'minimise', of: ({ testError }) => testError.mean },
  psnr: { title: 'PSNR (dB)', goal: 'maximise', of: ({ psnr }) => psnr },
  ssim: { title: 'SSIM', goal: 'maximise', of: ({ ssim }) => ssim },
};

/** The loss of the epoch whose weights are kept: the last one, or with early stopping the best one. */
function kept(losses: readonly number[], { earlyStopping }: TrialOptions): number | undefined {
  return earlyStopping == null ? losses.at(-1) : Math.min(...losses);
}

/** The model of a result that is scored: that which the score names, or the only one. */
export function scoredModel({ models }: Pick<TrialResult, 'models'>, { model }: Score): ModelResult | undefined {
  const all = Object.values(models);
  return model === undefined ? (all.length === 1 ? all[0] : undefined) : models[model];
}

/** The score of a result; undefined if there is none, or it is not finite, as after a training that diverged. */
export function scoreOf(result: Pick<TrialResult, 'models' | 'options'>, score: Score): number | undefined {
  const model = scoredModel(result, score);
  const value = model && SCORES[score.of].of(model, result.options);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Indices of scores from the best to the worst; of equal ones the first comes first, and those without a score last.
 *
 * @param scores undefined where there is none
 */
export function ranking(scores: readonly (number | undefined)[], goal: Score['goal']): number[] {
  const sign = goal === 'minimise' ? 1 : -1;
  const keys = scores.map((score) => (score === undefined ? Infinity : sign * score));
  // Infinity - Infinity is no number.
  return [...keys.keys()].sort((a, b) => (keys[a] === keys[b] ? a - b : keys[a] < keys[b] ? -1 : 1));
}
