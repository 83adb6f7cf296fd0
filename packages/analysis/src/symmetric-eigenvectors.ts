import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvalues in descending order, and for each a unit eigenvector. */
export interface SymmetricEigenvectors {
  values: Float64Array;
  vectors: Float64Array[];
}

/**
 * Largest eigenvalues of a symmetric matrix, with their eigenvectors.
 *
 * @param rows  the rows of the matrix, each at least up to its diagonal element; what is right of it is not read
 * @param count how many eigenvalues; default all
 */
export function symmetricEigenvectors(rows: readonly ArrayLike<number>[], count = rows.length): SymmetricEigenvectors {
  const size = rows.length;
  const matrix = new Matrix(size, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      matrix.set(row, column, rows[row][column]);
      matrix.set(column, row, rows[row][column]);
    }
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
