import { exactComponents } from './exact-components.js';
import { dot, extendOrthonormal, standardBasis } from './extend-orthonormal.js';
import { randomizedComponents } from './randomized-components.js';
import { type CentredMatrix, centredProducts } from './tall-products.js';

/** Up to so many rows or columns the exact method is the faster one. */
const EXACT_SIZE = 256;

/** What to compute, and how. */
export interface PrincipalComponentsOptions {
  /** number of components k, 1 to min(rows, columns) */
  components: number;
  /** divide the scores by their standard deviations, so that each has unit variance; default false */
  whiten?: boolean;
  /** eigenvectors of the whole covariance, or a randomized search for the leading ones; default by size */
  method?: 'auto' | 'exact' | 'randomized';
  /** of the randomized method's start, an integer >= 0; default 0 */
  seed?: number;
}

/** Principal components of a data matrix, and the data seen in them. */
export interface PrincipalComponents {
  /** mean of each column, length columns */
  mean: Float64Array;
  /** directions of largest variance as orthonormal rows, [k, columns]; the largest entry of each is positive */
  components: Float64Array;
  /** variance of the data along each component (divided by rows - 1), descending, length k */
  explainedVariance: Float64Array;
  /** share of each in the variance of all columns together, length k; 0 for constant data */
  explainedVarianceRatio: Float64Array;
  /** coordinates of the rows of the data along the components, [rows, k] */
  scores: Float64Array;
  /** singular values of the centred data, descending, length k */
  singularValues: Float64Array;
  /** the method that was used */
  method: 'exact' | 'randomized';
  /** false if the randomized method stopped before the components were accurate (relative residual 1e-8) */
  converged: boolean;
}

/**
 * Principal component analysis, in float64; the data are read, never copied.
 *
 * @param data    values, row-major, [rows, columns]: an observation a row
 * @param rows    number of observations, at least 2
 * @param columns number of variables
 * @throws RangeError if the shape doesn't fit, the data hold NaN or an infinity, or there can't be so many components
 * @see Jolliffe (2002), Principal Component Analysis; agrees with sklearn.decomposition.PCA, signs included (each
 * component's entry of largest magnitude is positive)
 */
export function principalComponents(
  data: Float32Array | Float64Array,
  rows: number,
  columns: number,
  options: PrincipalComponentsOptions,
): PrincipalComponents {
  const { components: count, whiten = false, method = 'auto', seed = 0 } = options;
  requireShape(data.length, rows, columns, count);
  const matrix: CentredMatrix = { data, rows, columns, mean: columnMeans(data, rows, columns) };
  const used = method === 'auto' ? fasterMethod(rows, columns, count) : method;
  const { components: directions, converged } =
    used === 'exact'
      ? { components: exactComponents(matrix, count), converged: true }
      : randomizedComponents(matrix, count, seed);
  // Data of lower rank leave the last directions free.
  extendOrthonormal(directions, standardBasis(columns), count);
  directions.forEach(makeLargestEntryPositive);

  const projections = centredProducts(matrix, directions);
  const singularValues = Float64Array.from(projections, (projection) => Math.sqrt(dot(projection, projection)));
  const explainedVariance = singularValues.map((value) => (value * value) / (rows - 1));
  const total = totalVariance(matrix);
  const components = new Float64Array(count * columns);
  directions.forEach((direction, index) => {
    components.set(direction, index * columns);
  });
  const scores = new Float64Array(rows * count);
  projections.forEach((projection, index) => {
    const deviation = Math.sqrt(explainedVariance[index]);
    // A direction without variance has nothing that could be brought to unit variance.
    const unit = whiten && deviation > 0 ? deviation : 1;
    for (let row = 0; row < rows; row++) scores[row * count + index] = projection[row] / unit;
  });
  return {
    mean: matrix.mean,
    components,
    explainedVariance,
    explainedVarianceRatio: explainedVariance.map((variance) => (total > 0 ? variance / total : 0)),
    scores,
    singularValues,
    method: used,
    converged,
  };
}

function fasterMethod(rows: number, columns: number, count: number): 'exact' | 'randomized' {
  const size = Math.min(rows, columns);
  return size <= EXACT_SIZE || count > size / 5 ? 'exact' : 'randomized';
}

function columnMeans(data: Float32Array | Float64Array, rows: number, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0, index = row * columns; column < columns; column++, index++) sums[column] += data[index];
  }
  const column = sums.findIndex((sum) => !Number.isFinite(sum));
  if (column >= 0) {
    throw new RangeError(
      `principalComponents: the sum of column ${column} is ${sums[column]}, expected finite numbers. Remove rows with NaN or infinities.`,
    );
  }
  return sums.map((sum) => sum / rows);
}

/** Sum of the variances of the columns. */
function totalVariance({ data, rows, columns, mean }: CentredMatrix): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let column = 0, index = row * columns; column < columns; column++, index++) {
      const deviation = data[index] - mean[column];
      squares += deviation * deviation;
    }
    sum += squares;
  }
  return sum / (rows - 1);
}

function makeLargestEntryPositive(vector: Float64Array): void {
  let largest = 0;
  for (const entry of vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
  if (largest < 0) for (let index = 0; index < vector.length; index++) vector[index] = -vector[index];
}

function requireShape(length: number, rows: number, columns: number, count: number): void {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 2 || columns < 1) {
    throw new RangeError(
      `principalComponents: the shape is [${rows}, ${columns}], expected at least two rows and one column.`,
    );
  }
  if (length !== rows * columns) {
    throw new RangeError(
      `principalComponents: the data hold ${length} values, but the shape [${rows}, ${columns}] needs ${rows * columns}.`,
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > Math.min(rows, columns)) {
    throw new RangeError(
      `principalComponents: ${count} components of data [${rows}, ${columns}], expected 1 to ${Math.min(rows, columns)}.`,
    );
  }
}
