import { add, div, maximum, minimum, mul, sqrt, square, sum, type Tensor } from '@weft/core';

/** Options that bound gradients, of which at most one is given. */
export interface Clipping {
  readonly clipNorm: number | undefined;
  readonly clipValue: number | undefined;
  readonly globalClipNorm: number | undefined;
}

/** limit / max(norm, limit): the factor of a gradient whose norm may not be larger. */
const bounded = (squares: Tensor, limit: number) => div(limit, maximum(sqrt(squares), limit));

/** The factor of all gradients whose common norm may not be larger. */
export function globalFactor(gradients: readonly Tensor[], limit: number): Tensor {
  const squares = gradients.map((gradient) => sum(square(gradient)));
  return bounded(
    squares.reduce((total, each) => add(total, each)),
    limit,
  );
}

/** A gradient as the update rule uses it. */
export function clipped(gradient: Tensor, { clipNorm, clipValue }: Clipping, shared: Tensor | undefined): Tensor {
  if (shared) return mul(gradient, shared);
  if (clipNorm !== undefined) return mul(gradient, bounded(sum(square(gradient)), clipNorm));
  return clipValue === undefined ? gradient : minimum(maximum(gradient, -clipValue), clipValue);
}
