import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestNeighbours } from './nearest-neighbours.js';

/** Numbers of which many are alike, near each other, or far away from all others. */
const coordinate = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ min: -1e-3, max: 1e-3, noNaN: true }).map((by) => 1000 + by),
  fc.double({ min: -1e150, max: 1e150, noNaN: true }),
  fc.double({ min: -1e-30, max: 1e-30, noNaN: true }),
);
const sample = fc.integer({ min: 1, max: 4 }).chain((columns) => {
  const point = fc.array(coordinate, { minLength: columns, maxLength: columns });
  return fc.record({
    columns: fc.constant(columns),
    points: fc.array(point, { minLength: 3, maxLength: 40 }),
    queries: fc.array(point, { minLength: 1, maxLength: 5 }),
    k: fc.integer({ min: 1, max: 3 }),
  });
});

test('are those of comparing all pairs in float64, whatever the scale', () => {
  fc.assert(
    fc.property(sample, ({ columns, points, queries, k }) => {
      const expected = queries.flatMap((query) =>
        points
          .map((point, at) => ({ at, distance: point.reduce((sum, x, column) => sum + (x - query[column]) ** 2, 0) }))
          .sort((a, b) => a.distance - b.distance || a.at - b.at)
          .slice(0, k)
          .map(({ at }) => at),
      );
      expect([...nearestNeighbours(points.flat(), points.length, columns, queries.flat(), k)]).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('are found for more queries than are looked at together', () => {
  const points = Float64Array.from({ length: 1300 }, (_, at) => (at * 911) % 1300);
  const found = nearestNeighbours(points, 1300, 1, points, 1);
  expect([...found]).toEqual([...points.keys()]);
});

test('refuse shapes that do not fit, and more neighbours than points', () => {
  expect(() => nearestNeighbours([1, 2, 3], 2, 2, [1, 1], 1)).toThrow(
    'hold 3 values, which do not fill the shape [2, 2]',
  );
  expect(() => nearestNeighbours([1, 2], 1, 2, [1], 1)).toThrow('the queries hold 1 values, expected a multiple of 2');
  expect(() => nearestNeighbours([1, 2], 2, 1, [1], 3)).toThrow('k is 3, expected 1 to 2, for there are 2 points.');
});
