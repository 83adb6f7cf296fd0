import { requireLabelledPoints } from './require-labelled-points.js';
import { shown } from './shown.js';

/**
 * Share of neighbours that are of the same class: the mean over all points of the share among their k nearest others.
 *
 * Distances are Euclidean and of two neighbours at the same distance the earlier one counts as the nearer. The points are
 * sorted along their first coordinate, which soon bounds the search if there are few coordinates.
 *
 * @param points  coordinates, row-major, [rows, columns]
 * @param rows    number of points
 * @param columns number of coordinates
 * @param labels  class of each point, length rows
 * @param k       number of neighbours, 1 to rows - 1; default 10
 * @returns 1 if all neighbours are of the point's class; if place says nothing of the class, about the sum of the squared
 * shares of the classes
 * @throws TypeError if points or labels are no arrays of numbers; RangeError if the shapes don't fit, a coordinate is not finite, or there are not so many neighbours
 * @example
 * nearestNeighbourPurity([0, 1, 10, 11], 4, 1, [7, 7, 3, 3], 1); // 1
 */
export function nearestNeighbourPurity(
  points: ArrayLike<number>,
  rows: number,
  columns: number,
  labels: ArrayLike<number>,
  k = 10,
): number {
  const given = requireLabelledPoints('nearestNeighbourPurity', points, rows, columns, labels);
  const { points: coordinates, labels: classes } = given;
  if (!Number.isInteger(k) || k < 1 || k >= rows) {
    throw new RangeError(
      `nearestNeighbourPurity: k is ${shown(k)}, expected 1 to ${rows - 1}, for there are ${rows} points.`,
    );
  }
  const order = Uint32Array.from({ length: rows }, (_, index) => index).sort(
    (left, right) => coordinates[left * columns] - coordinates[right * columns],
  );
  const sorted = Float64Array.from({ length: rows * columns }, (_, index) => {
    const place = Math.floor(index / columns);
    return coordinates[order[place] * columns + (index - place * columns)];
  });
  const nearest = new Float64Array(k);
  const neighbours = new Int32Array(k);
  let same = 0;
  for (let place = 0; place < rows; place++) {
    nearest.fill(Infinity);
    neighbours.fill(rows);
    for (const step of [-1, 1]) {
      for (let other = place + step; other >= 0 && other < rows; other += step) {
        const along = sorted[other * columns] - sorted[place * columns];
        let squares = along * along;
        if (squares > nearest[k - 1]) break;
        for (let column = 1; column < columns; column++) {
          const difference = sorted[other * columns + column] - sorted[place * columns + column];
          squares += difference * difference;
        }
        insert(nearest, neighbours, squares, order[other]);
      }
    }
    for (const neighbour of neighbours) if (classes[neighbour] === classes[order[place]]) same++;
  }
  return same / (rows * k);
}

/** Keeps the k nearest in ascending order of distance, then of index. */
function insert(nearest: Float64Array, neighbours: Int32Array, distance: number, index: number): void {
  let place = nearest.length;
  while (
    place > 0 &&
    (distance < nearest[place - 1] || (distance === nearest[place - 1] && index < neighbours[place - 1]))
  ) {
    place--;
  }
  if (place === nearest.length) return;
  nearest.copyWithin(place + 1, place, nearest.length - 1);
  neighbours.copyWithin(place + 1, place, neighbours.length - 1);
  nearest[place] = distance;
  neighbours[place] = index;
}
