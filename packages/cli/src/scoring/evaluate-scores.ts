import {
  averagePrecision,
  bestF1,
  bootstrapInterval,
  type Detection,
  detectionAt,
  type Interval,
  rocAuc,
} from '@weft/analysis';
import type { ScoredPicture } from './score-pictures.js';

/** From which score on a picture counts as anomalous, and where that comes from. */
export interface Threshold {
  readonly value: number;
  /** The option, the model's file, or pictures that are known to be normal. */
  readonly from: 'option' | 'model' | 'normal';
  /** Fraction of normal pictures at or below it. */
  readonly quantile?: number;
  /** How many normal pictures were scored for it. */
  readonly pictures?: number;
}

/** How well scores tell one kind of defect from normal pictures. */
export interface ClassMeasures {
  readonly name: string;
  readonly pictures: number;
  readonly auroc: number;
  readonly averagePrecision: number;
  /** How many reach the threshold. */
  readonly found: number | undefined;
}

/** How well scores tell anomalous pictures from normal ones. */
export interface ScoreMeasures {
  readonly normal: number;
  readonly anomalous: number;
  /** With its 95 % interval, by the bootstrap; without one where there are few pictures of a kind. */
  readonly auroc: Interval | { readonly estimate: number };
  readonly averagePrecision: number;
  readonly atThreshold: Detection | undefined;
  /** Normal pictures that reach the threshold. */
  readonly falseAlarms: number | undefined;
  /** At the threshold that is best for these very labels. */
  readonly best: Detection;
  readonly classes: readonly ClassMeasures[];
}

/** With fewer pictures of a kind, samples of the bootstrap might have none of it. */
const FEWEST = 8;
/** Of more pictures fewer samples are drawn, to spare time. */
const MANY = 2000;

/**
 * What scores are worth, by the labels of the pictures.
 *
 * @returns undefined if there are no labels, or of one kind alone
 */
export function evaluateScores(
  pictures: readonly ScoredPicture[],
  threshold: number | undefined,
): ScoreMeasures | undefined {
  const scores = pictures.map(({ score }) => score);
  const labels = pictures.map(({ isAnomalous }) => (isAnomalous ? 1 : 0));
  const anomalous = labels.filter((label) => label === 1).length;
  const normal = pictures.filter(({ isAnomalous }) => isAnomalous === false);
  if (anomalous === 0 || normal.length === 0) return undefined;
  return {
    normal: normal.length,
    anomalous,
    auroc: intervalOfAuroc(scores, labels, Math.min(anomalous, normal.length)),
    averagePrecision: averagePrecision(scores, labels),
    atThreshold: threshold === undefined ? undefined : detectionAt(scores, labels, threshold),
    falseAlarms: threshold === undefined ? undefined : normal.filter(({ score }) => score >= threshold).length,
    best: bestF1(scores, labels),
    classes: defectClasses(pictures).map((name) => {
      const ofClass = pictures.filter(({ className }) => className === name);
      const both = [...normal, ...ofClass];
      const own = both.map(({ score }) => score);
      const isOfClass = both.map(({ isAnomalous }) => (isAnomalous ? 1 : 0));
      return {
        name,
        pictures: ofClass.length,
        auroc: rocAuc(own, isOfClass),
        averagePrecision: averagePrecision(own, isOfClass),
        found: threshold === undefined ? undefined : ofClass.filter(({ score }) => score >= threshold).length,
      };
    }),
  };
}

/** Names of the classes of anomalous pictures, in their order. */
export function defectClasses(pictures: readonly ScoredPicture[]): string[] {
  return [...new Set(pictures.flatMap(({ isAnomalous, className = '' }) => (isAnomalous ? [className] : [])))];
}

function intervalOfAuroc(scores: readonly number[], labels: readonly number[], fewer: number): ScoreMeasures['auroc'] {
  if (fewer < FEWEST) return { estimate: rocAuc(scores, labels) };
  const statistic = (sample: Float64Array) => {
    const drawn = Array.from(sample, (at) => labels[at]);
    // One kind alone tells nothing.
    if (!drawn.includes(0) || !drawn.includes(1)) return 0.5;
    return rocAuc(
      Array.from(sample, (at) => scores[at]),
      drawn,
    );
  };
  const resamples = scores.length > MANY ? 200 : 2000;
  return bootstrapInterval(
    scores.map((_, at) => at),
    { statistic, resamples, seed: 0 },
  );
}
