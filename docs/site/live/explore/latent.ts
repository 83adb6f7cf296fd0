import type { Exploration } from '@weft/formats';

/**
 * The latent at a place in the plane: the inverse of the first two principal components. All other components are 0.
 *
 * @returns `mean + x * components[0] + y * components[1]`, length d
 */
export function latentAt(
  { mean, components }: Pick<Exploration, 'mean' | 'components'>,
  x: number,
  y: number,
): Float32Array {
  const size = mean.length;
  const hasSecond = components.length > size;
  return mean.map((value, at) => value + x * components[at] + (hasSecond ? y * components[size + at] : 0));
}
