import { bootstrapInterval, predictionInterval, quantile, summaryStatistics } from '@weft/analysis';

/** Lower and upper end. */
export type Bounds = readonly [number, number];

/** How the values of repeated trainings scatter. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly mean: number;
  /** Of the sample, by n - 1; null for a single value. */
  readonly standardDeviation: number | null;
  readonly smallest: number;
  readonly largest: number;
  /** Percentile intervals of the bootstrap, 95 %; null for a single value. */
  readonly medianInterval: Bounds | null;
  readonly meanInterval: Bounds | null;
  /** Where one more value lies with a probability of 95 %, by Student's distribution; null for a single value. */
  readonly predictionInterval: Bounds | null;
}

/** Enough for two digits of the ends. */
const RESAMPLES = 10_000;

const medianOf = (sample: Float64Array) => quantile(sample, 0.5);

/**
 * How values scatter. Values that are not finite are left out.
 *
 * @returns undefined if no value is finite
 */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  if (count === 0) return undefined;
  const { mean, median, standardDeviation, minimum, maximum } = summaryStatistics(finite);
  const several = count > 1;
  const bounds = ({ lower, upper }: { lower: number; upper: number }): Bounds => [lower, upper];
  return {
    count,
    median,
    mean,
    standardDeviation: several ? standardDeviation * Math.sqrt(count / (count - 1)) : null,
    smallest: minimum,
    largest: maximum,
    medianInterval: several ? bounds(bootstrapInterval(finite, { statistic: medianOf, resamples: RESAMPLES })) : null,
    meanInterval: several ? bounds(bootstrapInterval(finite, { resamples: RESAMPLES })) : null,
    predictionInterval: several ? bounds(predictionInterval(finite)) : null,
  };
}
