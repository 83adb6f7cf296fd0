import type { CentredMatrix } from './tall-products.js';

/** Between these norms, sums of products of deviations lose nothing by overflow or underflow. */
const SMALLEST_NORM = 1e-50;
const LARGEST_NORM = 1e50;

/** Data as deviations from the means of their columns. */
export interface Centred {
  /** the deviations; of data of an uncommon scale, a copy that was multiplied by a power of two */
  matrix: CentredMatrix;
  /** root of the sum of the squares of all deviations in the matrix */
  norm: number;
  /** mean of each column of the data, length columns */
  mean: Float64Array;
  /** a length in the matrix as one in the data */
  restore: (length: number) => number;
}

/**
 * Finds the means of the columns of data, and their norm without them.
 *
 * @param caller name of the calling function, for the message
 * @param data   values, row-major, [rows, columns]
 * @throws RangeError if a value is NaN or infinite
 */
export function centred(caller: string, data: ArrayLike<number>, rows: number, columns: number): Centred {
  const matrix = { data, rows, columns, mean: columnMeans(data, rows, columns) };
  const norm = deviationNorm(matrix);
  if (norm > SMALLEST_NORM && norm < LARGEST_NORM) {
    return { matrix, norm, mean: matrix.mean, restore: (length) => length };
  }
  requireFiniteColumns(caller, matrix);
  return rescaled(matrix);
}

/** From the first row, from which constant columns have no deviation at all, not even one of rounding. */
export function columnMeans(data: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const first = Float64Array.from({ length: columns }, (_, column) => data[column]);
  const sums = new Float64Array(columns);
  // Four rows at a time: a sum is loaded and stored once for all of them.
  let row = 1;
  for (; row + 4 <= rows; row += 4) {
    for (let column = 0, index = row * columns; column < columns; column++, index++) {
      const origin = first[column];
      const upper = data[index] - origin + (data[index + columns] - origin);
      sums[column] += upper + (data[index + 2 * columns] - origin + (data[index + 3 * columns] - origin));
    }
  }
  for (; row < rows; row++) {
    for (let column = 0; column < columns; column++) sums[column] += data[row * columns + column] - first[column];
  }
  return first.map((value, column) => value + sums[column] / rows);
}

function deviationNorm({ data, rows, columns, mean }: CentredMatrix): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    // Two sums: a single one would wait for its own last addition.
    let even = 0;
    let odd = 0;
    let column = 0;
    for (; column + 2 <= columns; column += 2) {
      const left = data[start + column] - mean[column];
      const right = data[start + column + 1] - mean[column + 1];
      even += left * left;
      odd += right * right;
    }
    const last = column < columns ? data[start + column] - mean[column] : 0;
    sum += even + odd + last * last;
  }
  return Math.sqrt(sum);
}

function requireFiniteColumns(caller: string, { data, columns }: CentredMatrix): void {
  for (let index = 0; index < data.length; index++) {
    if (Number.isFinite(data[index])) continue;
    throw new RangeError(
      `${caller}: row ${Math.floor(index / columns)}, column ${index % columns} is ${data[index]}, expected a finite number. Remove such rows.`,
    );
  }
}

/** The same, with all deviations multiplied by a power of two, so that the largest is about 1. */
function rescaled(matrix: CentredMatrix): Centred {
  const { data, rows, columns } = matrix;
  // So that differences of the largest numbers do not overflow. What this costs the smallest is nothing beside them.
  const before = largestOf(data.length, (index) => data[index]) > 1e300 ? 2 ** -64 : 1;
  const deviation = (index: number) => before * data[index] - before * data[index % columns];
  const largest = largestOf(data.length, deviation);
  if (largest === 0) return { matrix, norm: 0, mean: matrix.mean, restore: (length) => length };
  const exponent = -Math.floor(Math.log2(largest));
  // In two steps: the largest power that may be needed is beyond all numbers.
  const near = 2 ** Math.trunc(exponent / 2);
  const far = 2 ** (exponent - Math.trunc(exponent / 2));
  const scaled = Float64Array.from({ length: data.length }, (_, index) => deviation(index) * near * far);
  const mean = columnMeans(scaled, rows, columns);
  const copy = { data: scaled, rows, columns, mean };
  return {
    matrix: copy,
    norm: deviationNorm(copy),
    mean: mean.map((value, column) => (before * data[column] + value / far / near) / before),
    restore: (length) => length / far / near / before,
  };
}

function largestOf(count: number, value: (index: number) => number): number {
  let largest = 0;
  for (let index = 0; index < count; index++) largest = Math.max(largest, Math.abs(value(index)));
  return largest;
}
