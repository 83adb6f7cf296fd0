import { philox4x32 } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_DIMENSIONS, sobolSequence } from '../src/sweep/sobol.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** The first points of a sequence. */
function points(count: number, dimensions: number, seed: number): number[][] {
  return Array.from({ length: count }, (_, n) => sobolSequence(dimensions, seed)(n));
}

function randomPoints(count: number, dimensions: number, seed: number): number[][] {
  const words = new Uint32Array(4);
  return Array.from({ length: count }, (_, n) =>
    Array.from({ length: dimensions }, (_, axis) => {
      philox4x32(n, axis, 0, 0, seed, 1, words);
      return (words[0] + 0.5) / 2 ** 32;
    }),
  );
}

/**
 * Squared L2 star discrepancy: how far the share of points in boxes at the origin is from their volume, over all boxes.
 *
 * @see Warnock (1972), Computational investigations of low-discrepancy point sets
 */
function discrepancy(set: readonly (readonly number[])[]): number {
  const n = set.length;
  const product = (values: readonly number[]) => values.reduce((all, value) => all * value, 1);
  const single = set.reduce((sum, x) => sum + product(x.map((each) => (1 - each * each) / 2)), 0);
  const pairs = set.reduce(
    (sum, x) => sum + set.reduce((inner, y) => inner + product(x.map((each, axis) => 1 - Math.max(each, y[axis]))), 0),
    0,
  );
  return 3 ** -set[0].length - (2 / n) * single + pairs / (n * n);
}

describe('sobolSequence', () => {
  it('has the points that Joe and Kuo print, in the order of Gray codes', () => {
    const pointOf = sobolSequence(3);
    const printed = [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
    ];
    // Each point is the middle of an interval of length 2^-32.
    expect(printed.map((_, n) => pointOf(n ^ (n >>> 1)).map((x) => x - 2 ** -33))).toEqual(printed);
  });

  it('puts one of 2^m points into each of 2^m intervals, in every dimension', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 8 }), (seed, m) => {
        const set = points(2 ** m, MOST_DIMENSIONS, seed);
        for (let axis = 0; axis < MOST_DIMENSIONS; axis++) {
          const intervals = new Set(set.map((point) => Math.floor(point[axis] * 2 ** m)));
          expect(intervals.size).toBe(2 ** m);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('puts one of 2^m points into each box of that size, whatever its sides, in the first two dimensions', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 8 }), fc.nat(8), (seed, m, part) => {
        const across = Math.min(part, m);
        const boxes = points(2 ** m, 2, seed).map(
          ([x, y]) => Math.floor(x * 2 ** across) * 2 ** (m - across) + Math.floor(y * 2 ** (m - across)),
        );
        expect(new Set(boxes).size).toBe(2 ** m);
      }),
    );
  });

  it.each([
    [1, 16],
    [2, 24],
    [3, 32],
    [5, 64],
    [8, 128],
  ])('has in %i dimensions a lower discrepancy than %i random points, on average', (dimensions, count) => {
    const mean = (draw: typeof points) =>
      Array.from({ length: 12 }, (_, seed) => discrepancy(draw(count, dimensions, seed))).reduce((a, b) => a + b) / 12;
    expect(mean(points)).toBeLessThan(0.8 * mean(randomPoints));
  });

  it.each([0, 22, 1.5, Number.NaN])('refuses %s dimensions', (dimensions) => {
    expect(() => sobolSequence(dimensions, 0)).toThrow('expected a whole number from 1 to 21');
  });

  it.each([-1, 0.5, 2 ** 32])('refuses the point %s', (n) => {
    expect(() => sobolSequence(1, 0)(n)).toThrow('expected a whole number from 0 below 2^32');
  });
});
