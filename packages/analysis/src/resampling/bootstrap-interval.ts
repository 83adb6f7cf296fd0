import { RandomStream } from '@weft/core';
import { mean } from '../mean.js';
import { quantiles } from '../quantiles.js';
import { requireFinite } from '../require-finite.js';
import { requireKnownOptions, requireSeed } from '../require-options.js';
import { shown } from '../shown.js';
import { requireLevel } from './level.js';

/** Tells this stream of random numbers from all others of the same seed. */
const STREAM = 0x626f6f74;

/** What is estimated, and how often samples are drawn. */
export interface BootstrapOptions {
  /** What is estimated from a sample. Default: its mean. */
  statistic?: (sample: Float64Array) => number;
  /** Probability of the interval, in (0, 1). Default 0.95. */
  level?: number;
  /** Number of samples, at least 100. Default 2000. */
  resamples?: number;
  /** Decides the samples, a whole number from 0. Default 0. */
  seed?: number;
}

const OPTIONS = { statistic: true, level: true, resamples: true, seed: true } as const;

/** A statistic of a sample, and an interval for it. */
export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * A confidence interval by the bootstrap: the quantiles of the statistic over samples that are drawn from the sample, with
 * repetition.
 *
 * @param values  sample in any order, length n >= 1, any unit u
 * @returns the statistic of the sample itself, and the interval
 * @throws TypeError if the sample is no array of numbers; RangeError if it is empty or holds a number that is not finite, or
 * for an unknown option or one out of bounds
 * @see Efron and Tibshirani (1993), An introduction to the bootstrap, chapter 13: the percentile interval
 * @example
 * bootstrapInterval([3, 4, 5, 4], { seed: 1 }); // { estimate: 4, lower: 3.25, upper: 4.75 }
 */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  requireKnownOptions('bootstrapInterval', options, OPTIONS);
  const { statistic = mean, level = 0.95, resamples = 2000, seed = 0 } = options;
  const sample = Float64Array.from(requireFinite('bootstrapInterval', values));
  requireLevel('bootstrapInterval', level);
  requireSeed('bootstrapInterval', seed);
  if (!Number.isSafeInteger(resamples) || resamples < 100) {
    throw new RangeError(`bootstrapInterval: resamples is ${shown(resamples)}, expected a whole number from 100.`);
  }
  const random = new RandomStream(seed, STREAM);
  const drawn = new Float64Array(sample.length);
  const statistics = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    for (let index = 0; index < drawn.length; index++) drawn[index] = sample[random.integer(sample.length)];
    statistics[round] = statistic(drawn);
  }
  const [lower, upper] = quantiles(statistics, [(1 - level) / 2, (1 + level) / 2]);
  return { estimate: statistic(sample), lower, upper };
}
