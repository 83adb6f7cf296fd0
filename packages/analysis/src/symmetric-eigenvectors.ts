import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvalues in descending order, and for each a unit eigenvector. */
export interface SymmetricEigenvectors {
  values: Float64Array;
  vectors: Float64Array[];
}

/**
 * Largest eigenvalues of a symmetric matrix, with their eigenvectors.
 *
 * @param rows  the rows of the matrix; it is symmetric but for rounding, which is averaged out
 * @param count how many eigenvalues; default all
 */
export function symmetricEigenvectors(rows: readonly ArrayLike<number>[], count = rows.length): SymmetricEigenvectors {
  const size = rows.length;
  const matrix = new Matrix(size, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) matrix.set(row, column, (rows[row][column] + rows[column][row]) / 2);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const largest = Array.from(realEigenvalues.keys())
    .sort((left, right) => realEigenvalues[right] - realEigenvalues[left])
    .slice(0, count);
  return {
    values: Float64Array.from(largest, (index) => realEigenvalues[index]),
    vectors: largest.map((index) => Float64Array.from(eigenvectorMatrix.getColumn(index))),
  };
}
