/** A candidate of which less than this share is new depends on the basis, unless the caller says otherwise. */
const DEPENDENT = 1e-10;

/**
 * Extends an orthonormal basis in place by what is new in some vectors (modified Gram-Schmidt, with repeated projections).
 *
 * @param basis      orthonormal vectors, to which the new ones are added
 * @param candidates vectors of the same length, left as they are; those that depend on the ones before are skipped
 * @param size       the basis is to grow no larger than this, and then no candidate is looked at; default: no limit
 * @param negligible length of what is new in a candidate up to which it is rounding; default: 1e-10 of the candidate
 * @returns for each candidate that was looked at its coordinates in the basis as far as it was known then
 * @see Daniel, Gragg, Kaufman & Stewart (1976): what loses more than half of its length is projected again
 */
export function extendOrthonormal(
  basis: Float64Array[],
  candidates: Iterable<Float64Array>,
  size = Infinity,
  negligible?: number,
): number[][] {
  const coordinates: number[][] = [];
  for (const candidate of candidates) {
    if (basis.length >= size) break;
    const found = basis.map(() => 0);
    coordinates.push(found);
    // Beside its largest entry: squares of numbers of any other size would overflow or underflow.
    const unit = candidate.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
    if (unit === 0) continue;
    const vector = candidate.map((entry) => entry / unit);
    let length = norm(vector);
    const smallest = negligible === undefined ? DEPENDENT * length : negligible / unit;
    for (let before = Infinity; length > smallest && length < before / 2; ) {
      before = length;
      basis.forEach((direction, index) => {
        found[index] += unit * subtractProjection(vector, direction);
      });
      length = norm(vector);
    }
    if (!(length > smallest)) continue;
    scale(vector, 1 / length);
    basis.push(vector);
    found.push(unit * length);
  }
  return coordinates;
}

/** The vectors of the standard basis, from which any orthonormal basis can be completed. */
export function* standardBasis(dimension: number): Generator<Float64Array> {
  for (let index = 0; index < dimension; index++) {
    const vector = new Float64Array(dimension);
    vector[index] = 1;
    yield vector;
  }
}

/** @returns the length of the projection */
function subtractProjection(vector: Float64Array, direction: Float64Array): number {
  const length = dot(vector, direction);
  for (let index = 0; index < vector.length; index++) vector[index] -= length * direction[index];
  return length;
}

function scale(vector: Float64Array, factor: number): void {
  for (let index = 0; index < vector.length; index++) vector[index] *= factor;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

/** Scalar product of two vectors of the same length. Four sums: a single one would wait for its own last addition. */
export function dot(left: Float64Array, right: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = left.length - (left.length % 4);
  for (let index = 0; index < whole; index += 4) {
    a += left[index] * right[index];
    b += left[index + 1] * right[index + 1];
    c += left[index + 2] * right[index + 2];
    d += left[index + 3] * right[index + 3];
  }
  for (let index = whole; index < left.length; index++) a += left[index] * right[index];
  return a + b + (c + d);
}
