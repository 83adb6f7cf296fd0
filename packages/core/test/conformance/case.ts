import type { DType, Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { EXACT, GOLDEN, type Tolerance } from '../support/compare.js';

/** A tensor, and what its values must be. */
export interface Case {
  readonly name: string;
  readonly tensor: Tensor;
  readonly shape: Shape;
  readonly want: ArrayLike<number>;
  readonly tolerance: Tolerance;
  /** Default: float32. */
  readonly dtype?: DType;
}

/** A case whose values must lie within a tolerance; default that of the golden values. */
export function nearly(
  name: string,
  tensor: Tensor,
  shape: Shape,
  want: ArrayLike<number>,
  tolerance: Tolerance = GOLDEN,
): Case {
  return { name, tensor, shape, want, tolerance };
}

/** A case whose values must be these, rounded to float32, and no others: the sign of zero counts. */
export function exactly(name: string, tensor: Tensor, shape: Shape, want: ArrayLike<number>): Case {
  return nearly(name, tensor, shape, Float32Array.from(want), EXACT);
}

/** A case whose values must be these int32. */
export function integers(name: string, tensor: Tensor, shape: Shape, want: ArrayLike<number>): Case {
  return { name, tensor, shape, want, tolerance: EXACT, dtype: 'int32' };
}

/** Lengths around the widths of vectors and of unrolled loops. */
export const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33] as const;
