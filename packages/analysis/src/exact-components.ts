import { extendOrthonormal } from './extend-orthonormal.js';
import { rightSingularVectors } from './right-singular-vectors.js';
import { type CentredMatrix, centredTransposedProducts } from './tall-products.js';
import { triangularFactor } from './triangular-factor.js';

/** Products of the data with unit vectors may be wrong by this share of the norm of the data. */
export const PRODUCT_ROUNDING = 8 * Number.EPSILON;

/** Principal directions, and the singular values that belong to them. */
export interface Components {
  /** orthonormal vectors of length columns in descending order of variance; fewer than asked if the rank is lower */
  directions: Float64Array[];
  /** singular values in descending order, at least one for each direction */
  singularValues: Float64Array;
}

/**
 * Principal directions by the singular value decomposition of the triangular factor of the centred data X, or of Xᵀ if
 * there are fewer rows than columns.
 *
 * @param matrix the centred data X, [rows, columns]
 * @param norm   of X: the root of the sum of its squares
 * @param count  number of directions, at most min(rows, columns)
 */
export function exactComponents(matrix: CentredMatrix, norm: number, count: number): Components {
  const { rows, columns } = matrix;
  if (columns <= rows) {
    const factor = triangularFactor(rows, columns, (block, first) => fillRows(matrix, block, first));
    const { values, vectors } = rightSingularVectors(factor);
    return { directions: vectors.slice(0, count), singularValues: values };
  }
  const factor = triangularFactor(columns, rows, (block, first) => fillColumns(matrix, block, first));
  const { values, vectors } = rightSingularVectors(factor);
  const directions: Float64Array[] = [];
  // In descending order: what a direction has of those before it, by rounding, is projected out.
  const products = centredTransposedProducts(matrix, vectors.slice(0, count));
  extendOrthonormal(directions, products, count, PRODUCT_ROUNDING * norm);
  return { directions, singularValues: values };
}

function fillRows({ data, rows, columns, mean }: CentredMatrix, block: readonly Float64Array[], first: number): void {
  const end = Math.min(first + block[0].length, rows);
  for (let row = first; row < end; row++) {
    for (let column = 0; column < columns; column++) {
      block[column][row - first] = data[row * columns + column] - mean[column];
    }
  }
}

function fillColumns(
  { data, rows, columns, mean }: CentredMatrix,
  block: readonly Float64Array[],
  first: number,
): void {
  const end = Math.min(first + block[0].length, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = first; column < end; column++) {
      block[row][column - first] = data[row * columns + column] - mean[column];
    }
  }
}
