import { compute, matmul, tensor, transpose } from '@weft/core';
import { requireFinite } from './require-finite.js';
import { shown } from './shown.js';

/** Queries that are compared with all points at a time: their distances are what memory holds. */
const BLOCK = 512;

/** Relative error of rounding to float32. */
const ROUNDING = 2 ** -24;

/** Where products of float32 may be infinite, they tell nothing of distances. */
const FARTHEST = 2 ** 60;

/**
 * The k points nearest to each query, nearest first.
 *
 * Distances are Euclidean. Of two points at the same distance the earlier one counts as the nearer. Products in float32
 * leave only the points that may be among the k, by a bound of their rounding errors; those are compared in float64. So
 * the result is that of comparing all pairs in float64.
 *
 * @param points  coordinates, row-major, [rows, columns]
 * @param rows    number of points
 * @param columns number of coordinates
 * @param queries coordinates of the points in question, row-major, [n, columns]
 * @param k       number of neighbours, 1 to rows
 * @returns indices of points, row-major, [n, k]
 * @throws TypeError if something is no array of numbers; RangeError if the shapes don't fit, a coordinate is not finite, or
 * there are not so many neighbours
 * @see sklearn.neighbors.NearestNeighbors
 * @example
 * nearestNeighbours([0, 1, 10, 11], 4, 1, [2, 9], 2); // [1, 0, 2, 3]
 */
export function nearestNeighbours(
  points: ArrayLike<number>,
  rows: number,
  columns: number,
  queries: ArrayLike<number>,
  k: number,
): Uint32Array {
  return neighbourIndices('nearestNeighbours', { points, rows, columns }, queries, k);
}

interface Points {
  readonly points: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** The same for a function that its errors name. */
export function neighbourIndices(caller: string, given: Points, queries: ArrayLike<number>, k: number): Uint32Array {
  const { rows, columns } = given;
  const known = requireFinite(caller, given.points, 'the points');
  const asked = requireFinite(caller, queries, 'the queries');
  requireShapes(caller, known.length, asked.length, { rows, columns, k });
  const shifted = view(known, columns);
  const table = shifted(known, 0, rows);
  const squares = squaredLengths(table, columns);
  const longest = Math.sqrt(squares.reduce((most, length) => Math.max(most, length), 0));
  const turned = transpose(tensor(table, [rows, columns]));
  compute([turned]);
  const count = asked.length / columns;
  const found = new Uint32Array(count * k);
  for (let first = 0; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    const block = shifted(asked, first, first + size);
    const lengths = squaredLengths(block, columns);
    const [products] = compute([matmul(tensor(block, [size, columns]), turned)]);
    for (let query = 0; query < size; query++) {
      const row = products.subarray(query * rows, (query + 1) * rows);
      const rough = squares.map((square, point) => square - 2 * row[point]);
      // Coordinates are rounded, and so are products and their sums: all of it stays below this.
      const error = 4 * (columns + 8) * ROUNDING * (Math.sqrt(lengths[query]) + longest) ** 2;
      const candidates = error < FARTHEST ? within(rough, k, 2 * error) : [...squares.keys()];
      const exact = Float64Array.from(candidates, (point) =>
        squaredDistance(known, point, asked, first + query, columns),
      );
      smallest(exact, k).forEach((at, place) => {
        found[(first + query) * k + place] = candidates[at];
      });
    }
  }
  return found;
}

function requireShapes(
  caller: string,
  length: number,
  asked: number,
  { rows, columns, k }: { readonly rows: number; readonly columns: number; readonly k: number },
): void {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1 || length !== rows * columns) {
    throw new RangeError(
      `${caller}: the points hold ${length} values, which do not fill the shape [${shown(rows)}, ${shown(columns)}].`,
    );
  }
  if (asked % columns !== 0) {
    throw new RangeError(
      `${caller}: the queries hold ${asked} values, expected a multiple of ${columns}, the number of columns.`,
    );
  }
  if (!Number.isInteger(k) || k < 1 || k > rows) {
    throw new RangeError(`${caller}: k is ${shown(k)}, expected 1 to ${rows}, for there are ${rows} points.`);
  }
}

/**
 * How rows are seen from the first of some points, in float32, with the farthest coordinate of a point at 1: products of
 * large numbers would hide small distances, and those of very large or small ones leave float32.
 */
function view(points: ArrayLike<number>, columns: number) {
  let farthest = 0;
  for (let at = 0; at < points.length; at++) farthest = Math.max(farthest, Math.abs(points[at] - points[at % columns]));
  const unit = farthest > 0 ? farthest : 1;
  return (values: ArrayLike<number>, from: number, to: number): Float32Array<ArrayBuffer> => {
    const moved = new Float32Array((to - from) * columns);
    const start = from * columns;
    for (let at = 0; at < moved.length; at++) moved[at] = (values[start + at] - points[at % columns]) / unit;
    return moved;
  };
}

function squaredLengths(values: Float32Array, columns: number): Float64Array {
  const lengths = new Float64Array(values.length / columns);
  for (let at = 0; at < values.length; at++) lengths[Math.floor(at / columns)] += values[at] * values[at];
  return lengths;
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

/** The indices, ascending, of the values that are at most so much larger than the smallest `count`. */
function within(values: Float64Array, count: number, margin: number): number[] {
  const most = values[smallest(values, count)[count - 1]] + margin;
  const found: number[] = [];
  for (let index = 0; index < values.length; index++) if (values[index] <= most) found.push(index);
  return found;
}

/** The indices of the smallest values, rising by value and then by index. */
function smallest(values: Float64Array, count: number): number[] {
  const kept: number[] = [];
  let most = Number.POSITIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    if (kept.length === count && !(values[index] < most)) continue;
    let place = kept.length;
    while (place > 0 && values[index] < values[kept[place - 1]]) place--;
    kept.splice(place, 0, index);
    if (kept.length > count) kept.pop();
    most = values[kept[kept.length - 1]];
  }
  return kept;
}
