import { philox4x32 } from '@weft/core';

/**
 * Direction numbers of Joe and Kuo for dimensions 2 to 21: the coefficients between the first and the last of a primitive
 * polynomial, as bits of a number, and m_1 to m_s, where s is the polynomial's degree.
 *
 * @see Joe and Kuo (2008), Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30,
 *   2635-2654; the file new-joe-kuo-6.21201
 */
const DIRECTIONS: readonly (readonly [coefficients: number, m: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
  [4, [1, 3, 7, 13, 13, 15, 69]],
];

/** So many dimensions have direction numbers. */
export const MOST_DIMENSIONS = DIRECTIONS.length + 1;

const BITS = 32;

/** Tells the numbers of the shift from others that are drawn with the same seed. */
const STREAM = 0x736f626f;

/**
 * Points of the Sobol sequence, which fill the unit cube more evenly than random ones: the first 2^m points have the same
 * number in each of many boxes of equal size. Point n in dimension j is
 *
 *     x_j(n) = n_1 v_1 ^ n_2 v_2 ^ ... ^ shift_j,    v_k = m_k / 2^k
 *
 * with n_1, n_2, ... the bits of n from the lowest, ^ the exclusive or of binary digits, and m_k by the recurrence
 * m_k = 2 a_1 m_(k-1) ^ ... ^ 2^(s-1) a_(s-1) m_(k-s+1) ^ 2^s m_(k-s) ^ m_(k-s). A seed draws the shift, which keeps the
 * evenness (a random digital shift). Whole numbers of 32 bits alone are computed with, so that every engine gives the same
 * points.
 *
 * @param dimensions of a point, at most 21
 * @param seed       a whole number from 0 that draws the shift; without it there is none
 * @returns what gives the coordinates of point n, each above 0 and below 1: the middle of the interval of length 2^-32 in
 *   which it lies
 * @throws RangeError for another number of dimensions, or a point that is none
 * @see Sobol (1967), On the distribution of points in a cube and the approximate evaluation of integrals; the shift:
 *   L'Ecuyer and Lemieux (2002), Recent advances in randomized quasi-Monte Carlo methods
 */
export function sobolSequence(dimensions: number, seed?: number): (n: number) => number[] {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    throw new RangeError(
      `sobolSequence: got ${dimensions} dimensions, expected a whole number from 1 to ${MOST_DIMENSIONS}.`,
    );
  }
  const axes = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  const shifts = axes.map((_, dimension) => shiftOf(dimension, seed));
  return (n) => {
    if (!Number.isInteger(n) || n < 0 || n >= 2 ** BITS) {
      throw new RangeError(`sobolSequence: got the point ${n}, expected a whole number from 0 below 2^32.`);
    }
    return axes.map((directions, dimension) => {
      let word = shifts[dimension];
      for (let k = 0; k < BITS; k++) if ((n >>> k) & 1) word ^= directions[k];
      return ((word >>> 0) + 0.5) / 2 ** BITS;
    });
  };
}

/** v_1, v_2, ... of a dimension, from 0, times 2^32. */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) return v.map((_, k) => 1 << (BITS - 1 - k));
  const [coefficients, m] = DIRECTIONS[dimension - 1];
  const degree = m.length;
  for (let k = 0; k < BITS; k++) {
    if (k < degree) v[k] = m[k] << (BITS - 1 - k);
    else {
      let word = v[k - degree] ^ (v[k - degree] >>> degree);
      for (let i = 1; i < degree; i++) if ((coefficients >>> (degree - 1 - i)) & 1) word ^= v[k - i];
      v[k] = word;
    }
  }
  return v;
}

function shiftOf(dimension: number, seed: number | undefined): number {
  if (seed === undefined) return 0;
  const words = new Uint32Array(4);
  philox4x32(dimension, 0, 0, STREAM, seed, Math.floor(seed / 2 ** BITS), words);
  return words[0];
}
