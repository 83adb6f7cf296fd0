import { requireNumbers } from './require-numbers.js';
import { shown } from './shown.js';

/**
 * Checks that points and labels belong together.
 *
 * @param caller  name of the calling function, for the message
 * @param points  coordinates, row-major, [rows, columns]
 * @param labels  class of each point
 * @returns points and labels by index
 * @throws TypeError if one of the two is no array of numbers; RangeError if the shape doesn't fit, a coordinate is NaN or infinite, or the labels are not as many as the points
 */
export function requireLabelledPoints(
  caller: string,
  points: ArrayLike<number>,
  rows: number,
  columns: number,
  labels: ArrayLike<number>,
): { points: ArrayLike<number>; labels: ArrayLike<number> } {
  const coordinates = requireNumbers(caller, 'the points', points);
  const classes = requireNumbers(caller, 'the labels', labels);
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 2 || columns < 1) {
    throw new RangeError(
      `${caller}: the shape is [${shown(rows)}, ${shown(columns)}], expected at least two points and one column.`,
    );
  }
  if (coordinates.length !== rows * columns) {
    throw new RangeError(
      `${caller}: the points hold ${coordinates.length} values, but the shape [${rows}, ${columns}] needs ${rows * columns}.`,
    );
  }
  if (classes.length !== rows) {
    throw new RangeError(`${caller}: got ${classes.length} labels for ${rows} points. Give one for each.`);
  }
  for (let index = 0; index < coordinates.length; index++) {
    if (Number.isFinite(coordinates[index])) continue;
    throw new RangeError(
      `${caller}: point ${Math.floor(index / columns)} has the coordinate ${coordinates[index]}, expected finite numbers.`,
    );
  }
  return { points: coordinates, labels: classes };
}
