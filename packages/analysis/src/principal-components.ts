import { centred } from './centred.js';
import { exactComponents } from './exact-components.js';
import { extendOrthonormal, standardBasis } from './extend-orthonormal.js';
import { randomizedComponents } from './randomized-components.js';
import { requireNumbers } from './require-numbers.js';
import { requireKnownOptions, requireSeed } from './require-options.js';
import { shown } from './shown.js';
import { centredProducts } from './tall-products.js';

/** Up to so many rows or columns the exact method is the faster one. */
const EXACT_SIZE = 256;

/** What to compute, and how. */
export interface PrincipalComponentsOptions {
  /** number of components k, 1 to min(rows, columns) */
  components: number;
  /** divide the scores by their standard deviations, so that each has unit variance if it has any; default false */
  whiten?: boolean;
  /** decomposition of all data, or a randomized search for the leading ones; default by size */
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

const OPTIONS = { components: true, whiten: true, method: true, seed: true } as const;
const METHODS: readonly string[] = ['auto', 'exact', 'randomized'];

/**
 * Principal component analysis, in float64; data in a typed array are read, never copied.
 *
 * Singular values are as accurate as rounding beside the largest one allows. Variances descend, their ratios lie in
 * [0, 1], and components are orthonormal, whatever the rank and the scale of the data.
 *
 * @param data    values, row-major, [rows, columns]: an observation a row
 * @param rows    number of observations, at least 2
 * @param columns number of variables
 * @throws TypeError if the data are no array of numbers; RangeError if there is an unknown option, the shape doesn't fit,
 * the data hold NaN or an infinity, or there can't be so many components
 * @see Jolliffe (2002), Principal Component Analysis; agrees with sklearn.decomposition.PCA, signs included (each
 * component's entry of largest magnitude is positive)
 * @example
 * const points = [0, 0, 3, 4, 6, 8]; // three in the plane
 * const { components, explainedVarianceRatio, scores } = principalComponents(points, 3, 2, { components: 1 });
 * components; // [0.6, 0.8]
 * explainedVarianceRatio; // [1]
 * scores; // [-5, 0, 5]
 */
export function principalComponents(
  data: ArrayLike<number>,
  rows: number,
  columns: number,
  options: PrincipalComponentsOptions,
): PrincipalComponents {
  requireKnownOptions('principalComponents', options, OPTIONS);
  const { components: count, whiten = false, method = 'auto', seed = 0 } = options;
  const values = requireNumbers('principalComponents', 'the data', data);
  requireShape(values.length, rows, columns, count);
  requireChoices(method, whiten);
  requireSeed('principalComponents', seed);

  const { matrix, norm, mean, restore } = centred('principalComponents', values, rows, columns);
  const used = method === 'auto' ? fasterMethod(rows, columns, count) : method;
  const {
    directions,
    singularValues: found,
    converged,
  } = used === 'exact'
    ? { ...exactComponents(matrix, norm, count), converged: true }
    : randomizedComponents(matrix, norm, count, seed);
  // Data of lower rank leave the last directions free.
  extendOrthonormal(directions, standardBasis(columns), count);
  directions.forEach(makeLargestEntryPositive);
  const components = new Float64Array(count * columns);
  directions.forEach((direction, index) => {
    components.set(direction, index * columns);
  });

  const scaledValues = Float64Array.from({ length: count }, (_, index) => found[index] ?? 0);
  const squares = scaledValues.map((value) => value * value);
  // The squares of all deviations, or of the components' shares if rounding has made those the larger sum.
  const total = Math.max(
    norm * norm,
    squares.reduce((sum, square) => sum + square, 0),
  );
  const singularValues = scaledValues.map(restore);
  const scores = new Float64Array(rows * count);
  centredProducts(matrix, directions).forEach((projection, index) => {
    const deviation = scaledValues[index] / Math.sqrt(rows - 1);
    // A direction in which the data vary by rounding only has nothing that could be brought to unit variance.
    const varies = scaledValues[index] > Math.max(rows, columns) * Number.EPSILON * scaledValues[0];
    for (let row = 0; row < rows; row++) {
      scores[row * count + index] = whiten && varies ? projection[row] / deviation : restore(projection[row]);
    }
  });
  return {
    mean,
    components,
    explainedVariance: singularValues.map((value) => (value * value) / (rows - 1)),
    explainedVarianceRatio: squares.map((square) => (total > 0 ? square / total : 0)),
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

function makeLargestEntryPositive(vector: Float64Array): void {
  let largest = 0;
  for (const entry of vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
  if (largest < 0) for (let index = 0; index < vector.length; index++) vector[index] = -vector[index];
}

function requireShape(length: number, rows: number, columns: number, count: number): void {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 2 || columns < 1) {
    throw new RangeError(
      `principalComponents: the shape is [${shown(rows)}, ${shown(columns)}], expected at least two rows and one column.`,
    );
  }
  if (length !== rows * columns) {
    throw new RangeError(
      `principalComponents: the data hold ${length} values, but the shape [${rows}, ${columns}] needs ${rows * columns}.`,
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > Math.min(rows, columns)) {
    throw new RangeError(
      `principalComponents: ${shown(count)} components of data [${rows}, ${columns}], expected 1 to ${Math.min(rows, columns)}.`,
    );
  }
}

function requireChoices(method: string, whiten: boolean): void {
  if (!METHODS.includes(method)) {
    throw new RangeError(
      `principalComponents: the method is ${shown(method)}, expected ${METHODS.map((name) => `'${name}'`).join(', ')}.`,
    );
  }
  if (typeof whiten !== 'boolean') {
    throw new TypeError(`principalComponents: whiten is ${shown(whiten)}, expected true or false.`);
  }
}
