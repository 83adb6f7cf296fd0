import { dot } from './extend-orthonormal.js';

/** So many rows of the matrix are taken in at a time: their columns stay in the cache. */
const BLOCK = 64;
/** So many reflections pass over a column together: as many as leave their sums in registers, by measurement. */
const GROUP = 4;

/**
 * Triangular factor R of a tall matrix A = Q R. Householder reflections take the rows of A in block after block, so that
 * A is read once and never copied as a whole.
 *
 * R has the singular values of A and its right singular vectors, each column to its own rounding. AᵀA would square the
 * condition number and lose every singular value below 1e-8 of the largest.
 *
 * @param rows    number of rows of A
 * @param columns number of columns of A
 * @param fill    writes rows of A, from the given one on, into the columns of a block: as many as fit and there are
 * @returns columns of R; what is below the diagonal is 0
 * @see Golub & Van Loan (2013), Matrix Computations, sections 5.1 and 5.2; Demmel, Grigori, Hoemmen & Langou (2012),
 * Communication-optimal parallel and sequential QR and LU factorizations
 */
export function triangularFactor(
  rows: number,
  columns: number,
  fill: (block: readonly Float64Array[], firstRow: number) => void,
): Float64Array[] {
  const factor = Array.from({ length: columns }, () => new Float64Array(columns));
  const block = Array.from({ length: columns }, () => new Float64Array(Math.min(BLOCK, rows)));
  const group = new Reflections(Math.min(BLOCK, rows));
  for (let firstRow = 0; firstRow < rows; firstRow += BLOCK) {
    if (firstRow + BLOCK > rows) for (const column of block) column.fill(0);
    fill(block, firstRow);
    for (let first = 0; first < columns; first += GROUP) {
      const end = Math.min(first + GROUP, columns);
      for (let index = first; index < end; index++) group.eliminate(factor, block, index, index - first, end);
      if (end < columns) group.apply(factor, block, first);
    }
  }
  return factor;
}

/** A few Householder reflections I - τ v vᵀ, where v is 1 in one row of the factor, w in the block and 0 elsewhere. */
class Reflections {
  /** The first elements of all w, then the second ones. */
  private readonly interleaved: Float64Array;
  private readonly scales = new Float64Array(GROUP);
  /** Scalar products of each w with those before it. */
  private readonly products = new Float64Array(GROUP * GROUP);
  private readonly sums = new Float64Array(GROUP);

  constructor(length: number) {
    this.interleaved = new Float64Array(GROUP * length);
  }

  /** Finds the reflection that turns a column of the block to 0, and applies it to the next columns before `end`. */
  eliminate(
    factor: readonly Float64Array[],
    block: readonly Float64Array[],
    index: number,
    member: number,
    end: number,
  ): void {
    const vector = block[index];
    const squares = dot(vector, vector);
    const diagonal = factor[index][index];
    const length = Math.sqrt(diagonal * diagonal + squares);
    // The sign that adds up: nothing is cancelled.
    const reflected = diagonal > 0 ? -length : length;
    const scale = squares > 0 ? (reflected - diagonal) / reflected : 0;
    const divisor = squares > 0 ? diagonal - reflected : 1;
    for (let row = 0; row < vector.length; row++) {
      vector[row] /= divisor;
      this.interleaved[row * GROUP + member] = vector[row];
    }
    this.scales[member] = scale;
    for (let before = 0; before < member; before++) {
      this.products[member * GROUP + before] = dot(block[index - member + before], vector);
    }
    if (squares > 0) factor[index][index] = reflected;
    for (let column = index + 1; column < end; column++) {
      const amount = scale * (factor[column][index] + dot(vector, block[column]));
      factor[column][index] -= amount;
      const values = block[column];
      for (let row = 0; row < values.length; row++) values[row] -= amount * vector[row];
    }
  }

  /** Applies a whole group, which begins at a column, to all columns behind it. */
  apply(factor: readonly Float64Array[], block: readonly Float64Array[], first: number): void {
    const { interleaved, scales, products, sums } = this;
    for (let column = first + GROUP; column < block.length; column++) {
      const values = block[column];
      const above = factor[column];
      multiply(values, interleaved, sums);
      for (let member = 0; member < GROUP; member++) {
        let sum = above[first + member] + sums[member];
        for (let before = 0; before < member; before++) sum -= products[member * GROUP + before] * sums[before];
        sums[member] = scales[member] * sum;
        above[first + member] -= sums[member];
      }
      subtract(values, interleaved, sums);
    }
  }
}

function multiply(values: Float64Array, interleaved: Float64Array, sums: Float64Array): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let row = 0, place = 0; row < values.length; row++, place += GROUP) {
    const value = values[row];
    a += value * interleaved[place];
    b += value * interleaved[place + 1];
    c += value * interleaved[place + 2];
    d += value * interleaved[place + 3];
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

function subtract(values: Float64Array, interleaved: Float64Array, amounts: Float64Array): void {
  const [a, b, c, d] = amounts;
  for (let row = 0, place = 0; row < values.length; row++, place += GROUP) {
    values[row] -=
      a * interleaved[place] + b * interleaved[place + 1] + (c * interleaved[place + 2] + d * interleaved[place + 3]);
  }
}
