import { averagePrecision, bootstrapInterval, detectionAt, quantile, rocAuc, rocCurve } from '@weft/analysis';

/** A number for each image, larger for those that are rather anomalies; by the name of the score. */
export type Scores = Readonly<Record<string, Float64Array>>;

/** What scores are judged with. */
export interface ScoredImages {
  /** Of normal validation images. */
  readonly validation: Scores;
  /** Of images that are surely not normal, made of the same validation images. */
  readonly pseudo: readonly Scores[];
  readonly test: Scores;
  /** 1 for each test image that is an anomaly, 0 for a normal one. */
  readonly isAnomaly: ArrayLike<number>;
}

/** How to judge. */
export interface JudgeOptions {
  /** Part of the normal validation images that the threshold lets pass. Default 0.95. */
  readonly quantile?: number;
}

interface Estimate {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** What the scores of a model come to. It is plain JSON. */
export interface AnomalyResult {
  /** The score that tells pseudo-anomalies best, which no real anomaly has chosen. */
  readonly chosen: string;
  /** For each score: AUROC on pseudo-anomalies, by which it is chosen, and on the test images. */
  readonly scores: Readonly<
    Record<string, { readonly pseudoAuroc: number; readonly auroc: number; readonly averagePrecision: number }>
  >;
  /** Of the chosen score on the test images, with 95 % intervals of the bootstrap. */
  readonly auroc: Estimate;
  readonly averagePrecision: Estimate;
  /** Images with a score of at least this are called anomalies. */
  readonly threshold: number;
  readonly quantile: number;
  readonly precision: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
  readonly normalCount: number;
  readonly anomalyCount: number;
  /** Some points of the chosen score's curve. */
  readonly roc: { readonly falsePositiveRates: readonly number[]; readonly truePositiveRates: readonly number[] };
}

const RESAMPLES = 400;
const CURVE_POINTS = 200;

/**
 * Chooses a score by normal validation images alone, and says what it comes to on test images. The rule: the score with the
 * largest mean AUROC of pseudo-anomalies against the validation images they are made of. The threshold is a quantile of
 * the scores of validation images.
 *
 * @throws RangeError if the test images are all normal or all anomalies
 * @example
 * const result = judgeScores({
 *   validation: { error: Float64Array.of(0.1, 0.2, 0.3) }, // of normal images
 *   pseudo: [{ error: Float64Array.of(0.7, 0.8, 0.9) }], // of images that are surely not normal
 *   test: { error: Float64Array.of(0.1, 0.2, 0.6, 0.8) },
 *   isAnomaly: [0, 0, 1, 1],
 * });
 * result.chosen; // 'error'
 * result.auroc.estimate; // 1
 */
export function judgeScores(
  { validation, pseudo, test, isAnomaly }: ScoredImages,
  options: JudgeOptions = {},
): AnomalyResult {
  const { quantile: part = 0.95 } = options;
  const labels = Uint8Array.from(isAnomaly);
  const names = Object.keys(validation);
  const scores = Object.fromEntries(
    names.map((name) => {
      const normal = validation[name];
      const areas = pseudo.map(({ [name]: other }) =>
        rocAuc(
          concatenated(normal, other),
          Uint8Array.from({ length: normal.length + other.length }, (_, index) => Number(index >= normal.length)),
        ),
      );
      const pseudoAuroc = areas.reduce((sum, area) => sum + area, 0) / areas.length;
      return [
        name,
        { pseudoAuroc, auroc: rocAuc(test[name], labels), averagePrecision: averagePrecision(test[name], labels) },
      ];
    }),
  );
  const chosen = names.reduce((best, name) => (scores[name].pseudoAuroc > scores[best].pseudoAuroc ? name : best));
  const values = test[chosen];
  const threshold = quantile(validation[chosen], part);
  const { precision, recall } = detectionAt(values, labels, threshold);
  const normalCount = labels.filter((label) => label === 0).length;
  const alarms = labels.filter((label, index) => label === 0 && values[index] >= threshold).length;
  return {
    chosen,
    scores,
    auroc: interval(values, labels, rocAuc),
    averagePrecision: interval(values, labels, averagePrecision),
    threshold,
    quantile: part,
    precision,
    recall,
    falsePositiveRate: alarms / normalCount,
    normalCount,
    anomalyCount: labels.length - normalCount,
    roc: thinned(rocCurve(values, labels)),
  };
}

type Statistic = (scores: Float64Array, labels: Uint8Array) => number;

/** By drawing images anew. A draw of one kind only, as of very few images, says nothing and counts as the whole. */
function interval(values: Float64Array, labels: Uint8Array, statistic: Statistic): Estimate {
  const whole = statistic(values, labels);
  const { lower, upper } = bootstrapInterval(Float64Array.from(labels.keys()), {
    resamples: RESAMPLES,
    statistic(drawn) {
      const kinds = Uint8Array.from(drawn, (index) => labels[index]);
      if (!kinds.includes(0) || !kinds.includes(1)) return whole;
      return statistic(
        drawn.map((index) => values[index]),
        kinds,
      );
    },
  });
  return { estimate: whole, lower, upper };
}

function thinned({ falsePositiveRates, truePositiveRates }: ReturnType<typeof rocCurve>): AnomalyResult['roc'] {
  const last = falsePositiveRates.length - 1;
  const count = Math.min(CURVE_POINTS, last + 1);
  const places = Array.from({ length: count }, (_, index) => Math.round((index * last) / Math.max(1, count - 1)));
  return {
    falsePositiveRates: places.map((place) => falsePositiveRates[place]),
    truePositiveRates: places.map((place) => truePositiveRates[place]),
  };
}

function concatenated(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
