/** How often values fall into equal parts of their range. */
export interface EventHistogram {
  readonly min: number;
  readonly max: number;
  /** Number of values, their sum and the sum of their squares. */
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper ends of the parts, and how many values each has. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** As many as TensorBoard's own summaries have. */
const BUCKETS = 30;

/**
 * The histogram of an array as TensorBoard's summaries have it: equal parts from the smallest value to the largest.
 * Values that are not finite are left out.
 *
 * @param buckets number of parts; one is enough where all values are the same
 * @see tensorboard/plugins/histogram/summary_v2.py
 * @example
 * eventHistogram(Float32Array.of(0, 1, 1, 2), 2).counts; // [1, 3]
 */
export function eventHistogram(values: ArrayLike<number>, buckets = BUCKETS): EventHistogram {
  let [min, max, count, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    count++;
    sum += value;
    sumOfSquares += value * value;
  }
  if (count === 0) return { min: 0, max: 0, count, sum, sumOfSquares, limits: [0], counts: [0] };
  if (min === max) return { min, max, count, sum, sumOfSquares, limits: [max], counts: [count] };
  const width = (max - min) / buckets;
  const counts = new Array<number>(buckets).fill(0);
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) counts[Math.min(buckets - 1, Math.floor((values[at] - min) / width))]++;
  }
  const limits = counts.map((_, at) => (at === buckets - 1 ? max : min + (at + 1) * width));
  return { min, max, count, sum, sumOfSquares, limits, counts };
}
