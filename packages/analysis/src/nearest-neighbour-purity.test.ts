import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobs } from '../test/samples.js';
import { nearestNeighbourPurity } from './nearest-neighbour-purity.js';

/** The definition: all distances, sorted. */
function purity(points: number[][], labels: number[], k: number): number {
  const shares = points.map((point, self) => {
    const others = points
      .map((other, index) => ({ index, distance: other.reduce((sum, value, c) => sum + (value - point[c]) ** 2, 0) }))
      .filter(({ index }) => index !== self)
      .sort((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, k);
    return others.filter(({ index }) => labels[index] === labels[self]).length / k;
  });
  return shares.reduce((sum, share) => sum + share, 0) / points.length;
}

describe('nearestNeighbourPurity', () => {
  it('is what comparing all pairs gives, with ties and repeated points too', () => {
    const cases = fc.integer({ min: 1, max: 3 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        points: fc.array(fc.array(fc.integer({ min: -6, max: 6 }), { minLength: columns, maxLength: columns }), {
          minLength: 5,
          maxLength: 40,
        }),
        k: fc.integer({ min: 1, max: 4 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ columns, points, k }) => {
        const labels = points.map((_, index) => (index * 7) % 3);
        const found = nearestNeighbourPurity(Float64Array.from(points.flat()), points.length, columns, labels, k);
        expect(found).toBeCloseTo(purity(points, labels, k), 12);
      }),
    );
  });

  it('is 1 for blobs far apart and about the chance level if labels say nothing', () => {
    const apart = blobs(100, [
      [0, 0],
      [40, 0],
      [0, 40],
      [40, 40],
    ]);
    expect(nearestNeighbourPurity(apart.points, apart.rows, 2, apart.labels)).toBe(1);
    const mixed = blobs(500, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(nearestNeighbourPurity(mixed.points, mixed.rows, 2, mixed.labels)).toBeCloseTo(0.25, 1);
  });

  it.each([0, 3, 1.5])('rejects %d neighbours among three points', (k) => {
    expect(() => nearestNeighbourPurity(Float64Array.of(1, 2, 3), 3, 1, [0, 0, 1], k)).toThrow(/expected 1 to 2/);
  });

  it('rejects shapes that do not fit', () => {
    expect(() => nearestNeighbourPurity(Float64Array.of(1, 2, 3), 2, 2, [0, 1], 1)).toThrow(/hold 3 values.*needs 4/);
  });
});
