import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobs } from '../test/samples.js';
import { silhouetteScore } from './silhouette-score.js';

const triangle = [
  [0, 0],
  [40, 0],
  [0, 40],
];

describe('silhouetteScore', () => {
  it('is the mean of (b - a) / max(a, b)', () => {
    // Own class at distance 1, the other at 4 and 5 on average 4.5, and so on, by hand.
    const expected = ((4.5 - 1) / 4.5 + (3.5 - 1) / 3.5 + (3.5 - 1) / 3.5 + (4.5 - 1) / 4.5) / 4;
    expect(silhouetteScore(Float64Array.of(0, 1, 4, 5), 4, 1, [7, 7, 3, 3])).toEqual({
      score: expected,
      sampleSize: 4,
    });
  });

  it('is near 1 for blobs far apart and about 0 if labels say nothing', () => {
    const { points, labels, rows, columns } = blobs(100, triangle);
    expect(silhouetteScore(points, rows, columns, labels).score).toBeGreaterThan(0.9);
    const one = blobs(100, [triangle[0], triangle[0], triangle[0]]);
    expect(Math.abs(silhouetteScore(one.points, rows, columns, one.labels).score)).toBeLessThan(0.05);
  });

  it('lies between -1 and 1 and depends neither on scale, names of classes, nor order of points', () => {
    const point = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.nat(3));
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 30 }), (list) => {
        fc.pre(new Set(list.map(([, , label]) => label)).size > 1);
        const score = (points: typeof list, factor: number, name: (label: number) => number) =>
          silhouetteScore(
            Float64Array.from(points.flatMap(([x, y]) => [factor * x, factor * y])),
            points.length,
            2,
            points.map(([, , label]) => name(label)),
          ).score;
        const found = score(list, 1, (label) => label);
        expect(Math.abs(found)).toBeLessThanOrEqual(1);
        expect(score([...list].reverse(), 4, (label) => 10 - label)).toBeCloseTo(found, 10);
      }),
    );
  });

  it('counts the only point of a class as 0', () => {
    expect(silhouetteScore(Float64Array.of(0, 9), 2, 1, [0, 1]).score).toBe(0);
  });

  it('looks at a sample of the points beyond the limit, the same for the same seed, and says at how many', () => {
    const { points, labels, rows, columns } = blobs(200, triangle);
    const all = silhouetteScore(points, rows, columns, labels);
    const some = silhouetteScore(points, rows, columns, labels, { limit: 100 });
    expect([all.sampleSize, some.sampleSize]).toEqual([600, 100]);
    expect(silhouetteScore(points, rows, columns, labels, { limit: 100 })).toEqual(some);
    expect(silhouetteScore(points, rows, columns, labels, { limit: 100, seed: 1 }).score).not.toBe(some.score);
    expect(some.score).not.toBe(all.score);
    expect(some.score).toBeCloseTo(all.score, 1);
  });

  it.each([
    ['one class only', [1, 2, 3], [5, 5, 5], {}, /all 3 points compared have the label 5/],
    ['too few labels', [1, 2, 3], [5, 5], {}, /2 labels for 3 points/],
    ['NaN', [1, Number.NaN, 3], [5, 5, 6], {}, /point 1 has the coordinate NaN/],
    ['a limit of one', [1, 2, 3], [5, 5, 6], { limit: 1 }, /limit is 1/],
  ])('rejects %s', (_, points, labels, options, message) => {
    expect(() => silhouetteScore(Float64Array.from(points), 3, 1, labels, options)).toThrow(message);
  });
});
