import { greater, greaterEqual, maximum, minimum, mul, type TensorLike } from '../operations/elementwise.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * 1 where x < y, else 0.
 *
 * @example
 * less(tensor([1, 2, 3]), 2); // [1, 0, 0]
 */
export const less = (x: TensorLike, y: TensorLike): Tensor => greater(y, x);

/**
 * 1 where x ≤ y, else 0.
 *
 * @example
 * lessEqual(tensor([1, 2, 3]), 2); // [1, 1, 0]
 */
export const lessEqual = (x: TensorLike, y: TensorLike): Tensor => greaterEqual(y, x);

/**
 * x limited to [low, high].
 *
 * @throws RangeError if low is above high
 * @example
 * clip(tensor([-1, 0.5, 7]), 0, 1); // [0, 0.5, 1]
 */
export function clip(x: Tensor, low: number, high: number): Tensor {
  if (low > high) throw new RangeError(`clip: low is ${low} and high is ${high}; low must not be above high.`);
  return minimum(maximum(x, low), high);
}

/**
 * x².
 *
 * @example
 * square(tensor([-2, 3])); // [4, 9]
 */
export const square = (x: Tensor): Tensor => mul(x, x);
