import { RandomStream } from '@weft/core';
import { type Components, PRODUCT_ROUNDING } from './exact-components.js';
import { dot, extendOrthonormal } from './extend-orthonormal.js';
import { rightSingularVectors } from './right-singular-vectors.js';
import { type CentredMatrix, centredProducts, centredTransposedProducts } from './tall-products.js';

const OVERSAMPLING = 10;
const MAXIMUM_PASSES = 16;
/** The basis is to stay so small that its decomposition costs little beside a pass over the data. */
const MAXIMUM_BASIS = 300;
/** Accepted length of Xᵀu - σv relative to σ; the error of a direction is that over its relative gap to the next. */
const TOLERANCE = 1e-8;
/** Residuals cannot fall below rounding, which is relative to the largest σ. */
const ROUNDING = 1e-14;
/** Largest error of a number that was rounded to float32, relative to it. */
const FLOAT32_ROUNDING = 2 ** -24;
/** Tells this stream of random numbers from all others of the same seed. */
const PURPOSE = 0x706361;

/** Principal directions, and whether they are as accurate as was asked. */
export interface RandomizedComponents extends Components {
  /** whether each residual |Xᵀu - σv| is at most 1e-8 σ, or rounding: of sums, or of data that are given in float32 */
  converged: boolean;
}

/**
 * Leading principal directions from a random block of vectors, to which X and Xᵀ are applied in turn.
 *
 * All iterates are kept in two orthonormal bases, of vectors v and of vectors u = X v (a block Krylov space), within which
 * the directions of largest variance are sought: this needs far fewer passes over the data than keeping only the last.
 * The number of passes follows from the residuals. Since X is applied and never XᵀX, small singular values are not lost.
 *
 * @param matrix the centred data X, [rows, columns]
 * @param norm   of X: the root of the sum of its squares
 * @param count  number of directions, at most min(rows, columns)
 * @param seed   of the random start; the same seed gives the same directions
 * @see Halko, Martinsson & Tropp (2011), Finding structure with randomness, section 4; Musco & Musco (2015), Randomized
 * block Krylov methods for stronger and faster approximate singular value decomposition; Golub, Luk & Overton (1981), A
 * block Lanczos method for computing the singular values and corresponding singular vectors of a matrix
 */
export function randomizedComponents(
  matrix: CentredMatrix,
  norm: number,
  count: number,
  seed: number,
): RandomizedComponents {
  const { data, columns } = matrix;
  const negligible = PRODUCT_ROUNDING * norm;
  // Below its own rounding, which is alike in all directions, a search in the data would find none of them before others.
  const dataRounding = data instanceof Float32Array ? FLOAT32_ROUNDING * norm : 0;
  const blockSize = Math.min(count + OVERSAMPLING, columns);
  const passes = Math.min(MAXIMUM_PASSES, Math.max(4, Math.floor(MAXIMUM_BASIS / blockSize)));
  const right: Float64Array[] = [];
  const left: Float64Array[] = [];
  /** X v for each v of the right basis, as coordinates in the left one */
  const projected: number[][] = [];
  /** Xᵀ u for each u of the left basis */
  const images: Float64Array[] = [];
  let found: Components = { directions: [], singularValues: new Float64Array(count) };
  extendOrthonormal(right, randomBlock(blockSize, columns, seed));
  for (let pass = 0, known = 0; pass < passes; pass++) {
    const knownLeft = left.length;
    const products = centredProducts(matrix, right.slice(known));
    projected.push(...extendOrthonormal(left, products, Infinity, negligible));
    const block = centredTransposedProducts(matrix, left.slice(knownLeft));
    images.push(...block);
    const { values, vectors } = rightSingularVectors(projected);
    const leading = vectors.slice(0, count);
    found = { directions: leading.map((weights) => combination(right, weights)), singularValues: values };
    const accurate = residuals(found, leading, projected, images).every(
      (residual, index) => residual <= Math.max(TOLERANCE * values[index], ROUNDING * values[0], dataRounding),
    );
    if (accurate) return { ...found, converged: true };
    known = right.length;
    extendOrthonormal(right, block, columns, negligible);
    // Xᵀ leads out of the basis no more, so that what was found in it is exact.
    if (right.length === known) return { ...found, converged: true };
  }
  return { ...found, converged: false };
}

/** |Xᵀu - σv| of each direction v, where u = X v / σ. */
function residuals(
  { directions, singularValues }: Components,
  weights: readonly Float64Array[],
  projected: readonly number[][],
  images: readonly Float64Array[],
): number[] {
  const left: Float64Array[] = [];
  return weights.map((vector, index) => {
    const product = new Float64Array(images.length);
    projected.forEach((coordinates, member) => {
      for (let place = 0; place < coordinates.length; place++) product[place] += vector[member] * coordinates[place];
    });
    // In descending order: what u has of those before it, by rounding, is projected out.
    extendOrthonormal(left, [product], Infinity, 0);
    const residual = combination(images, left[index]);
    for (let column = 0; column < residual.length; column++) {
      residual[column] -= singularValues[index] * directions[index][column];
    }
    return Math.sqrt(dot(residual, residual));
  });
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
