/**
 * Checks that points and labels belong together.
 *
 * @param caller  name of the calling function, for the message
 * @param points  coordinates, row-major, [rows, columns]
 * @param labels  class of each point
 * @throws RangeError if the shape doesn't fit, a coordinate is NaN or infinite, or the labels are not as many as the points
 */
export function requireLabelledPoints(
  caller: string,
  points: Float32Array | Float64Array,
  rows: number,
  columns: number,
  labels: ArrayLike<number>,
): void {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 2 || columns < 1) {
    throw new RangeError(`${caller}: the shape is [${rows}, ${columns}], expected at least two points and one column.`);
  }
  if (points.length !== rows * columns) {
    throw new RangeError(
      `${caller}: the points hold ${points.length} values, but the shape [${rows}, ${columns}] needs ${rows * columns}.`,
    );
  }
  if (labels.length !== rows) {
    throw new RangeError(`${caller}: got ${labels.length} labels for ${rows} points. Give one for each.`);
  }
  const wrong = points.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `${caller}: point ${Math.floor(wrong / columns)} has the coordinate ${points[wrong]}, expected finite numbers.`,
    );
  }
}
