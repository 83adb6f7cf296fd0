import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/** Singular values in descending order, and for each of the first ones that are not 0 a unit vector. */
export interface SingularVectors {
  values: Float64Array;
  vectors: Float64Array[];
}

/**
 * Singular values of a matrix and its right singular vectors. Singular values have an error of rounding beside the
 * largest.
 *
 * @param columns the matrix; what is missing at the ends of columns is 0
 * @returns min(rows, columns) values
 */
export function rightSingularVectors(columns: readonly ArrayLike<number>[]): SingularVectors {
  const height = columns.reduce((longest, column) => Math.max(longest, column.length), 0);
  if (height === 0) return { values: new Float64Array(0), vectors: [] };
  const matrix = Matrix.zeros(height, columns.length);
  columns.forEach((column, at) => {
    for (let row = 0; row < column.length; row++) matrix.set(row, at, column[row]);
  });
  const found = new SingularValueDecomposition(matrix, { computeLeftSingularVectors: false, autoTranspose: true });
  const size = Math.min(height, columns.length);
  const values = Float64Array.from(found.diagonal.slice(0, size));
  const vectors = Array.from({ length: values.filter((value) => value > 0).length }, (_, index) =>
    Float64Array.from(found.rightSingularVectors.getColumn(index)),
  );
  return { values, vectors };
}
