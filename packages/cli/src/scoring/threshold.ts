import { quantile } from '@weft/analysis';
import type { PictureModel } from '../pictures/picture-model.js';
import type { ScoreName } from './error-map.js';
import type { Threshold } from './evaluate-scores.js';

/** What the user says of it, and the model that scores. */
interface ThresholdWish {
  readonly threshold: number | undefined;
  /** Fraction of normal pictures that lie at or below it. */
  readonly quantile: number;
  readonly model: PictureModel;
  readonly score: ScoreName;
}

/** From which score on a picture is anomalous: the user's number, that of normal pictures, or the model's own. */
export function chooseThreshold(
  { threshold, quantile: wanted, model, score }: ThresholdWish,
  normalScores: readonly number[] | undefined,
): Threshold | undefined {
  if (threshold !== undefined) return { value: threshold, from: 'option' };
  if (normalScores) {
    const value = quantile(Float64Array.from(normalScores), wanted);
    return { value, from: 'normal', quantile: wanted, pictures: normalScores.length };
  }
  const own = model.saved.card.score;
  return own?.name === score ? { value: own.threshold, from: 'model', quantile: own.quantile } : undefined;
}

/** What the user should know of the threshold, in a sentence; undefined if it can be relied on. */
export function thresholdWarning(
  threshold: Threshold | undefined,
  { preparation, saved }: PictureModel,
): string | undefined {
  if (!threshold) {
    return `${saved.path} has no threshold for this score, so no picture counts as anomalous. Give --normal DIR with normal pictures that it was not trained on, or --threshold.`;
  }
  const { from, quantile: wanted = 0, pictures = 0 } = threshold;
  const least = Math.ceil(1 / (1 - wanted) - 1e-9);
  if (from === 'normal' && pictures < least) {
    return `--normal: the ${wanted} quantile of ${pictures} pictures is hardly more than a guess, so that false alarms may be many. Give at least ${least} normal pictures, or a lower --quantile.`;
  }
  if (from !== 'model' || preparation.kind !== 'tile') return undefined;
  return `The threshold of ${saved.path} is of single tiles. The score of a picture of several tiles is their mean, which differs less from picture to picture, so that the threshold may be too high. --normal DIR finds one for whole pictures.`;
}
