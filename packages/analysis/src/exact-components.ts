import { extendOrthonormal } from './extend-orthonormal.js';
import { symmetricEigenvectors } from './symmetric-eigenvectors.js';
import { type CentredMatrix, centredProducts, centredTransposedProducts } from './tall-products.js';

/** So many rows or columns of the data are held in float64 at once. */
const BLOCK = 16;

/**
 * Principal directions by the eigenvectors of the smaller of the two product matrices XᵀX and XXᵀ of the centred data.
 *
 * @param matrix the centred data X, [rows, columns]
 * @param count  number of directions, at most min(rows, columns)
 * @returns orthonormal vectors of length columns in descending order of variance; fewer than count if the data have a
 * lower rank and fewer rows than columns
 */
export function exactComponents(matrix: CentredMatrix, count: number): Float64Array[] {
  const { rows, columns } = matrix;
  if (columns <= rows) {
    const products: Float64Array[] = [];
    for (let first = 0; first < columns; first += BLOCK) {
      const some = Array.from({ length: Math.min(BLOCK, columns - first) }, (_, index) =>
        column(matrix, first + index),
      );
      products.push(...centredTransposedProducts(matrix, some));
    }
    return symmetricEigenvectors(products, count).vectors;
  }
  const products: Float64Array[] = [];
  for (let first = 0; first < rows; first += BLOCK) {
    const some = Array.from({ length: Math.min(BLOCK, rows - first) }, (_, index) => row(matrix, first + index));
    products.push(...centredProducts(matrix, some));
  }
  const { vectors } = symmetricEigenvectors(products, count);
  const components: Float64Array[] = [];
  extendOrthonormal(components, centredTransposedProducts(matrix, vectors));
  return components;
}

function column({ data, rows, columns, mean }: CentredMatrix, index: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => data[row * columns + index] - mean[index]);
}

function row({ data, columns, mean }: CentredMatrix, index: number): Float64Array {
  return mean.map((centre, column) => data[index * columns + column] - centre);
}
