/** A direction that keeps less than this share of its length after projection lies in the basis but for rounding. */
const DEPENDENT = 1e-10;

/**
 * Extends an orthonormal basis in place by what is new in some vectors (modified Gram-Schmidt, each projection done twice).
 *
 * @param basis      orthonormal vectors, to which the new ones are added
 * @param candidates vectors of the same length, left as they are; those that depend on the ones before are skipped
 * @param size       the basis is to grow no larger than this; default: no limit
 * @see Giraud, Langou & Rozložník (2005): twice is enough to be orthogonal to working precision
 */
export function extendOrthonormal(basis: Float64Array[], candidates: Iterable<Float64Array>, size = Infinity): void {
  for (const candidate of candidates) {
    if (basis.length >= size) return;
    const vector = candidate.slice();
    const length = norm(vector);
    if (length === 0) continue;
    scale(vector, 1 / length);
    for (let pass = 0; pass < 2; pass++) for (const direction of basis) subtractProjection(vector, direction);
    const remainder = norm(vector);
    if (remainder < DEPENDENT) continue;
    scale(vector, 1 / remainder);
    basis.push(vector);
  }
}

/** The vectors of the standard basis, from which any orthonormal basis can be completed. */
export function* standardBasis(dimension: number): Generator<Float64Array> {
  for (let index = 0; index < dimension; index++) {
    const vector = new Float64Array(dimension);
    vector[index] = 1;
    yield vector;
  }
}

function subtractProjection(vector: Float64Array, direction: Float64Array): void {
  const length = dot(vector, direction);
  for (let index = 0; index < vector.length; index++) vector[index] -= length * direction[index];
}

function scale(vector: Float64Array, factor: number): void {
  for (let index = 0; index < vector.length; index++) vector[index] *= factor;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

/** Scalar product of two vectors of the same length. */
export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index] * right[index];
  return sum;
}
