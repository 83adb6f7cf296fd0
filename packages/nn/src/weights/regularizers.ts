import { abs, add, mul, square, sum, type Tensor } from '@weft/core';
import { refuse } from '@weft/core/program';
import { from0 } from '../options/readers.js';
import { checked, type Reader, type Schema } from '../options/schema.js';

/** Keras's default factor. */
const FACTOR = 0.01;

/**
 * A penalty on numbers, as plain data: `l1` times the sum of their absolute values, plus `l2` times the sum of their
 * squares. Layers take it as `kernelRegularizer` and the like; it is a part of the loss.
 */
export interface Regularizer {
  readonly l1?: number;
  readonly l2?: number;
}

/**
 * A penalty of `factor` times the sum of absolute values.
 *
 * @throws RangeError if the factor is no number from 0
 * @example
 * const layer = new Dense({ units: 8, kernelRegularizer: l1(0.001) });
 * l1(0.001); // { l1: 0.001 }
 */
export function l1(factor = FACTOR): Regularizer {
  return { l1: from0('l1', 'the factor', factor) };
}

/**
 * A penalty of `factor` times the sum of squares.
 *
 * @throws RangeError if the factor is no number from 0
 * @example
 * const layer = new Dense({ units: 8, kernelRegularizer: l2(0.001) });
 * l2(0.001); // { l2: 0.001 }
 */
export function l2(factor = FACTOR): Regularizer {
  return { l2: from0('l2', 'the factor', factor) };
}

const OPTIONS = { l1: [from0, 0], l2: [from0, 0] } as const satisfies Schema;

/**
 * Both penalties.
 *
 * @throws RangeError if a factor is no number from 0
 * @example
 * const layer = new Dense({ units: 8, kernelRegularizer: l1l2({ l1: 0.001, l2: 0.01 }) });
 * l1l2({ l1: 0.001, l2: 0.01 }); // { l1: 0.001, l2: 0.01 }
 */
export function l1l2(factors: Regularizer = {}): Regularizer {
  return checked('l1l2', factors, OPTIONS);
}

/** A regulariser, or `l1` or `l2` for one of Keras's factor. */
export const regularizer: Reader<Regularizer, Regularizer | 'l1' | 'l2'> = (label, option, value) => {
  if (value === 'l1' || value === 'l2') return { [value]: FACTOR };
  if (typeof value !== 'object' || value === null) {
    refuse(label, option, value, "a regulariser, such as l2(0.01), which is { l2: 0.01 }, or 'l1' or 'l2'");
  }
  checked(`${label}: ${option}`, value, OPTIONS);
  return { ...value };
};

/** The penalty on all elements of a tensor, one number; undefined where it is 0 whatever they are. */
export function penaltyOf({ l1: absolute = 0, l2: squared = 0 }: Regularizer, x: Tensor): Tensor | undefined {
  const ofAbsolute = absolute > 0 ? mul(sum(abs(x)), absolute) : undefined;
  const ofSquares = squared > 0 ? mul(sum(square(x)), squared) : undefined;
  return ofAbsolute && ofSquares ? add(ofAbsolute, ofSquares) : (ofAbsolute ?? ofSquares);
}
