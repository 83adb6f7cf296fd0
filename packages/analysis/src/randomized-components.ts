import { RandomStream } from '@weft/core';
import { dot, extendOrthonormal } from './extend-orthonormal.js';
import { symmetricEigenvectors } from './symmetric-eigenvectors.js';
import { type CentredMatrix, centredProducts, centredTransposedProducts } from './tall-products.js';

const OVERSAMPLING = 10;
const MAXIMUM_PASSES = 16;
/** The basis is to stay so small that its eigenvectors cost little beside a pass over the data. */
const MAXIMUM_BASIS = 300;
/** Accepted length of (C v - λ v) relative to λ; the error of a direction is that over its relative gap to the next. */
const TOLERANCE = 1e-8;
/** Residuals cannot fall below rounding, which is relative to the largest λ. */
const ROUNDING = 1e-13;
/** Tells this stream of random numbers from all others of the same seed. */
const PURPOSE = 0x706361;

/** Principal directions, and whether they are as accurate as was asked. */
export interface RandomizedComponents {
  /** orthonormal vectors of length columns in descending order of variance; fewer than asked if the rank is lower */
  components: Float64Array[];
  /** whether each residual |C v - λ v| is at most 1e-8 λ */
  converged: boolean;
}

/**
 * Leading principal directions from a random block of vectors, to which C = XᵀX is applied again and again.
 *
 * All iterates are kept in one orthonormal basis (a block Krylov space), within which the directions of largest variance
 * are sought: this needs far fewer passes over the data than keeping only the last. The number of passes follows from the
 * residuals.
 *
 * @param matrix the centred data X, [rows, columns]
 * @param count  number of directions, at most min(rows, columns)
 * @param seed   of the random start; the same seed gives the same directions
 * @see Halko, Martinsson & Tropp (2011), Finding structure with randomness, section 4; Halko, Martinsson, Shkolnisky &
 * Tygert (2011), An algorithm for the principal component analysis of large data sets; Musco & Musco (2015), Randomized
 * block Krylov methods for stronger and faster approximate singular value decomposition
 */
export function randomizedComponents(matrix: CentredMatrix, count: number, seed: number): RandomizedComponents {
  const { columns } = matrix;
  const blockSize = Math.min(count + OVERSAMPLING, columns);
  const passes = Math.min(MAXIMUM_PASSES, Math.max(4, Math.floor(MAXIMUM_BASIS / blockSize)));
  const basis: Float64Array[] = [];
  /** C b for each vector b of the basis */
  const images: Float64Array[] = [];
  /** C within the basis: the scalar products of the vectors with the images, row by row up to the diagonal */
  const projected: number[][] = [];
  let components: Float64Array[] = [];
  let block = randomBlock(blockSize, columns, seed);
  for (let pass = 0; pass < passes; pass++) {
    const known = basis.length;
    extendOrthonormal(basis, block);
    // C leads out of the basis no more, so that what was found in it is exact.
    if (basis.length === known) return { components, converged: true };
    block = centredTransposedProducts(matrix, centredProducts(matrix, basis.slice(known)));
    images.push(...block);
    for (let row = known; row < basis.length; row++) {
      projected.push(basis.slice(0, row + 1).map((vector) => dot(vector, images[row])));
    }
    const { values, vectors } = symmetricEigenvectors(projected, count);
    components = vectors.map((weights) => combination(basis, weights));
    const accurate = components.every((component, index) => {
      const residual = combination(images, vectors[index]);
      for (let column = 0; column < columns; column++) residual[column] -= values[index] * component[column];
      return Math.sqrt(dot(residual, residual)) <= Math.max(TOLERANCE * values[index], ROUNDING * values[0]);
    });
    if (accurate && components.length === count) return { components, converged: true };
  }
  return { components, converged: false };
}

function randomBlock(count: number, length: number, seed: number): Float64Array[] {
  return Array.from({ length: count }, (_, index) => {
    const stream = new RandomStream(seed, PURPOSE, index);
    return Float64Array.from({ length }, () => stream.normal());
  });
}

function combination(vectors: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0].length);
  vectors.forEach((vector, index) => {
    const weight = weights[index];
    for (let position = 0; position < sum.length; position++) sum[position] += weight * vector[position];
  });
  return sum;
}
