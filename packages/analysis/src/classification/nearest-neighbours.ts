import { compute, matmul, tensor, transpose } from '@weft/core';
import { requireFinite } from '../require-finite.js';
import { requireLabelledPoints } from '../require-labelled-points.js';
import { shown } from '../shown.js';

/** Queries that are compared with all points at a time: their distances are what memory holds. */
const BLOCK = 512;

/** Points whose distances are computed exactly, besides the neighbours asked for: products in float32 only sort them roughly. */
const MARGIN = 32;

/**
 * The class of points by their nearest neighbours among points of known class: that of most neighbours, of several the
 * smallest.
 *
 * Distances are Euclidean. Of two neighbours at the same distance the earlier one counts as the nearer. Candidates are found
 * by products in float32, and compared in float64.
 *
 * @param points  coordinates of points of known class, row-major, [rows, columns]
 * @param rows    number of such points
 * @param columns number of coordinates
 * @param labels  class of each, length rows
 * @param queries coordinates of the points in question, row-major, [n, columns]
 * @param k       number of neighbours, 1 to rows; default 5
 * @returns a class for each query
 * @throws TypeError if something is no array of numbers; RangeError if the shapes don't fit, a coordinate is not finite, or
 * there are not so many neighbours
 * @see sklearn.neighbors.KNeighborsClassifier with uniform weights
 * @example
 * nearestNeighbourClasses([0, 1, 10, 11], 4, 1, [7, 7, 3, 3], [2, 9], 2); // [7, 3]
 */
export function nearestNeighbourClasses(
  points: ArrayLike<number>,
  rows: number,
  columns: number,
  labels: ArrayLike<number>,
  queries: ArrayLike<number>,
  k = 5,
): Float64Array {
  const known = requireLabelledPoints('nearestNeighbourClasses', points, rows, columns, labels);
  const asked = requireFinite('nearestNeighbourClasses', queries, 'the queries');
  const count = asked.length / columns;
  if (!Number.isInteger(count)) {
    throw new RangeError(
      `nearestNeighbourClasses: the queries hold ${asked.length} values, expected a multiple of ${columns}, the number of columns.`,
    );
  }
  if (!Number.isInteger(k) || k < 1 || k > rows) {
    throw new RangeError(
      `nearestNeighbourClasses: k is ${shown(k)}, expected 1 to ${rows}, for there are ${rows} points.`,
    );
  }
  // Seen from the middle of the points, so that products of large numbers do not hide small distances.
  const middle = Float64Array.from({ length: columns }, (_, column) => known.points[column]);
  const shifted = (values: ArrayLike<number>, from: number, to: number) => {
    const moved = new Float32Array((to - from) * columns);
    for (let row = from; row < to; row++) {
      for (let column = 0; column < columns; column++) {
        moved[(row - from) * columns + column] = values[row * columns + column] - middle[column];
      }
    }
    return moved;
  };
  const table = shifted(known.points, 0, rows);
  const lengths = Float64Array.from({ length: rows }, (_, row) => squaredLength(table, row, columns));
  const turned = transpose(tensor(table, [rows, columns]));
  compute([turned]);
  const classes = new Float64Array(count);
  for (let first = 0; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    const block = tensor(shifted(asked, first, first + size), [size, columns]);
    const [products] = compute([matmul(block, turned)]);
    for (let query = 0; query < size; query++) {
      const row = products.subarray(query * rows, (query + 1) * rows);
      const rough = lengths.map((length, point) => length - 2 * row[point]);
      // In the order of the points, which decides between equal distances.
      const candidates = smallest(rough, Math.min(rows, k + MARGIN)).sort((a, b) => a - b);
      const exact = Float64Array.from(candidates, (point) =>
        squaredDistance(known.points, point, asked, first + query, columns),
      );
      const nearest = smallest(exact, k).map((at) => known.labels[candidates[at]]);
      classes[first + query] = mostFrequent(nearest);
    }
  }
  return classes;
}

function squaredLength(values: ArrayLike<number>, row: number, columns: number): number {
  let sum = 0;
  for (let at = row * columns; at < (row + 1) * columns; at++) sum += values[at] * values[at];
  return sum;
}

function squaredDistance(
  points: ArrayLike<number>,
  point: number,
  queries: ArrayLike<number>,
  query: number,
  columns: number,
): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    const difference = points[point * columns + column] - queries[query * columns + column];
    sum += difference * difference;
  }
  return sum;
}

/** The indices of the smallest values, rising by value and then by index. */
function smallest(values: Float64Array, count: number): number[] {
  const kept: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (kept.length === count && !(values[index] < values[kept[count - 1]])) continue;
    let place = kept.length;
    while (place > 0 && values[index] < values[kept[place - 1]]) place--;
    kept.splice(place, 0, index);
    if (kept.length > count) kept.pop();
  }
  return kept;
}

function mostFrequent(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Math.min(...[...counts].filter(([, count]) => count === most).map(([label]) => label));
}
