import { abs, add, clip, div, exp, less, lessEqual, log, maximum, mul, square, sub, where } from '@weft/core';
import { above0 } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';
import { EPSILON } from './logarithms.js';
import type { Loss } from './losses.js';
import { meanOfExamples, targetLike } from './shapes.js';

const HUBER = {
  /** Where the square ends and the straight line begins, in the unit of the target. Default 1. */
  delta: [above0, 1],
} as const satisfies Schema;

/** Options of `huberWith`. */
export type HuberOptions = OptionsOf<typeof HUBER>;

/**
 * `huber` with options.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = huberWith({ delta: 0.1 });
 * loss(tensor([[0.1, 5]]), tensor([[0, 0]])); // [0.25]
 */
export function huberWith(options: HuberOptions): Loss {
  const { delta } = checked('huberWith', options, HUBER);
  return function huber(prediction, target) {
    const distance = abs(sub(prediction, targetLike('huber', prediction, target)));
    const line = sub(mul(distance, delta), (delta * delta) / 2);
    return meanOfExamples(where(lessEqual(distance, delta), mul(square(distance), 0.5), line));
  };
}

/**
 * Mean of d^2 / 2 where the difference d is at most 1, of |d| - 1/2 beyond: outliers count less than in
 * `meanSquaredError`.
 *
 * @param prediction [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @see Huber (1964), Robust estimation of a location parameter
 * @example
 * huber(tensor([[0.5, 5]]), tensor([[0, 0]])); // [2.3125]
 */
export const huber: Loss = /* @__PURE__ */ huberWith({});

/** Below this, the logarithm of a number near 1 would leave few digits of ln(cosh(d)), which is near d^2 / 2. */
const SMALL = 0.125;

/**
 * Mean of ln(cosh(difference)): near d^2 / 2 for small differences, |d| - ln 2 for large ones. It overflows nowhere.
 *
 * @param prediction [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * logCosh(tensor([[0.1, 10]]), tensor([[0, 0]])); // [4.656]
 */
export const logCosh: Loss = (prediction, target) => {
  const distance = abs(sub(prediction, targetLike('logCosh', prediction, target)));
  // d^2/2 - d^4/12 + d^6/45, the series of ln(cosh(d)); clipped, so that powers of large differences stay finite.
  const s = square(clip(distance, 0, SMALL));
  const series = mul(s, add(mul(s, sub(mul(s, 1 / 45), 1 / 12)), 0.5));
  const far = sub(add(distance, log(add(exp(mul(distance, -2)), 1))), Math.LN2);
  return meanOfExamples(where(less(distance, SMALL), series, far));
};

/**
 * Mean of 100 |p - t| / |t|, in percent; targets nearer to 0 than 1e-7 count as 1e-7, as in Keras.
 *
 * @param prediction [batch, ...]
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ
 * @example
 * meanAbsolutePercentageError(tensor([[110, 95]]), tensor([[100, 100]])); // [7.5]
 */
export const meanAbsolutePercentageError: Loss = (prediction, target) => {
  const t = targetLike('meanAbsolutePercentageError', prediction, target);
  return mul(meanOfExamples(div(abs(sub(prediction, t)), maximum(abs(t), EPSILON))), 100);
};
