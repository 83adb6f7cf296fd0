import { neighbourIndices } from '../nearest-neighbours.js';
import { requireLabelledPoints } from '../require-labelled-points.js';

/**
 * The class of points by their nearest neighbours among points of known class: that of most neighbours, of several the
 * smallest.
 *
 * Distances are Euclidean. Of two neighbours at the same distance the earlier one counts as the nearer.
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
  const nearest = neighbourIndices('nearestNeighbourClasses', { points: known.points, rows, columns }, queries, k);
  return Float64Array.from({ length: nearest.length / k }, (_, query) =>
    mostFrequent(Array.from(nearest.subarray(query * k, (query + 1) * k), (point) => known.labels[point])),
  );
}

function mostFrequent(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Math.min(...[...counts].filter(([, count]) => count === most).map(([label]) => label));
}
