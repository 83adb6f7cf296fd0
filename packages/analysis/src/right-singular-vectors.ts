import { dot } from './extend-orthonormal.js';

/** Rotations converge quadratically; matrices of a thousand columns take 11 sweeps. */
const MAXIMUM_SWEEPS = 60;
/** Rows whose squares sum to less than this share of the largest such sum are taken for 0: products would underflow. */
const NEGLIGIBLE_SQUARES = 1e-200;

/** Singular values in descending order, and for each of the first ones that are not 0 a unit vector. */
export interface SingularVectors {
  values: Float64Array;
  vectors: Float64Array[];
}

/**
 * Singular values of a matrix and its right singular vectors: QR decomposition with pivoting, then rotations of pairs of
 * rows until all are orthogonal (one-sided Jacobi).
 *
 * Singular values have an error of rounding beside the largest. Where the columns differ by their units only, each even
 * has an error of rounding beside itself.
 *
 * @param columns the matrix, with a norm between 1e-50 and 1e50; what is missing at the ends of columns is 0
 * @returns min(rows, columns) values
 * @see Drmač & Veselić (2008), New fast and accurate Jacobi SVD algorithm; Demmel & Veselić (1992), Jacobi's method is
 * more accurate than QR
 */
export function rightSingularVectors(columns: readonly ArrayLike<number>[]): SingularVectors {
  const { rows, order } = pivotedTriangle(columns);
  orthogonaliseRows(rows);
  const values = Float64Array.from(rows, (row) => Math.sqrt(dot(row, row)));
  const vectors: Float64Array[] = [];
  rows.forEach((row, index) => {
    if (values[index] === 0) return;
    const vector = new Float64Array(columns.length);
    order.forEach((column, place) => {
      vector[column] = row[place] / values[index];
    });
    vectors.push(vector);
  });
  return { values, vectors };
}

interface PivotedTriangle {
  /** of the triangular factor, [min(rows, columns)][columns] */
  rows: Float64Array[];
  /** which column of the matrix stands at each place */
  order: number[];
}

/** QR decomposition in which each step takes the longest column that is left: rows get shorter from first to last. */
function pivotedTriangle(columns: readonly ArrayLike<number>[]): PivotedTriangle {
  const height = columns.reduce((longest, column) => Math.max(longest, column.length), 0);
  const left = columns.map((column) => {
    const copy = new Float64Array(height);
    copy.set(column);
    return copy;
  });
  const order = Array.from(columns.keys());
  const size = Math.min(height, columns.length);
  for (let step = 0; step < size; step++) {
    const pivot = longest(left, step);
    swap(left, step, pivot);
    swap(order, step, pivot);
    const column = left[step].subarray(step);
    const length = Math.sqrt(dot(column, column));
    if (length === 0) break;
    const normal = column.slice();
    const reflected = normal[0] > 0 ? -length : length;
    normal[0] -= reflected;
    const squares = dot(normal, normal);
    column.fill(0);
    column[0] = reflected;
    for (let other = step + 1; other < left.length; other++) {
      const values = left[other].subarray(step);
      const amount = (2 * dot(normal, values)) / squares;
      for (let index = 0; index < values.length; index++) values[index] -= amount * normal[index];
    }
  }
  const rows = Array.from({ length: size }, (_, row) => Float64Array.from(left, (column) => column[row]));
  return { rows, order };
}

/** Of the columns from a step on the one that is longest below that step's row. */
function longest(columns: readonly Float64Array[], step: number): number {
  let best = step;
  let most = -1;
  for (let index = step; index < columns.length; index++) {
    const rest = columns[index].subarray(step);
    const squares = dot(rest, rest);
    if (squares > most) {
      best = index;
      most = squares;
    }
  }
  return best;
}

/** Rotates rows in pairs until all are orthogonal to each other, the longest first. */
function orthogonaliseRows(rows: Float64Array[]): void {
  const tolerance = Math.sqrt(rows[0]?.length ?? 0) * Number.EPSILON;
  const squares = new Float64Array(rows.length);
  for (let sweep = 0, rotated = true; rotated && sweep < MAXIMUM_SWEEPS; sweep++) {
    rotated = false;
    rows.forEach((row, index) => {
      squares[index] = dot(row, row);
    });
    const smallest = NEGLIGIBLE_SQUARES * squares.reduce((most, value) => Math.max(most, value), 0);
    rows.forEach((row, index) => {
      if (squares[index] >= smallest) return;
      row.fill(0);
      squares[index] = 0;
    });
    for (let first = 0; first < rows.length; first++) {
      for (let second = first + 1; second < rows.length; second++) {
        if (squares[first] < squares[second]) {
          swap(rows, first, second);
          swap(squares, first, second);
        }
        const product = dot(rows[first], rows[second]);
        if (!(Math.abs(product) > tolerance * Math.sqrt(squares[first]) * Math.sqrt(squares[second]))) continue;
        const cotangent = (squares[second] - squares[first]) / (2 * product);
        const tangent = Math.sign(cotangent || 1) / (Math.abs(cotangent) + Math.sqrt(1 + cotangent * cotangent));
        rotate(rows[first], rows[second], tangent);
        squares[first] -= tangent * product;
        const rest = squares[second] + tangent * product;
        // Where most is subtracted, few digits would be left.
        squares[second] = rest < squares[second] / 2 ? dot(rows[second], rows[second]) : rest;
        rotated = true;
      }
    }
  }
}

function rotate(first: Float64Array, second: Float64Array, tangent: number): void {
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let index = 0; index < first.length; index++) {
    const value = first[index];
    const other = second[index];
    first[index] = cosine * value - sine * other;
    second[index] = sine * value + cosine * other;
  }
}

function swap<Element>(list: Record<number, Element>, first: number, second: number): void {
  const element = list[first];
  list[first] = list[second];
  list[second] = element;
}
