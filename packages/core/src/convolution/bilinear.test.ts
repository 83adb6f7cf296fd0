import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../operations/tiles.js';
import { type BilinearAlgorithm, multiply, UPSAMPLE, upsampled, WINOGRAD, winograd } from './bilinear.js';

const times = (matrix: Matrix, vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * vector[i], 0));

/** What an algorithm gives for one tile. */
function applied({ input, weight, output }: BilinearAlgorithm, x: readonly number[], w: readonly number[]): number[] {
  const products = times(weight, w);
  return times(
    output,
    times(input, x).map((factor, i) => factor * products[i]),
  );
}

/** As many outputs of a correlation as a signal has room for. */
const correlation = (x: readonly number[], w: readonly number[]) =>
  x.slice(w.length - 1).map((_, at) => w.reduce((sum, tap, i) => sum + tap * x[at + i], 0));

const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 4];
const numbers = (length: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length });

describe('winograd', () => {
  it('gives the correlation, for any numbers of outputs and taps and any points', () => {
    const drawn = fc
      .record({ outputs: fc.integer({ min: 1, max: 6 }), taps: fc.integer({ min: 1, max: 5 }) })
      .chain(({ outputs, taps }) =>
        fc.record({
          outputs: fc.constant(outputs),
          taps: fc.constant(taps),
          points: fc.shuffledSubarray(POINTS, { minLength: outputs + taps - 2, maxLength: outputs + taps - 2 }),
          x: numbers(outputs + taps - 1),
          w: numbers(taps),
        }),
      );
    fc.assert(
      fc.property(drawn, ({ outputs, taps, points, x, w }) => {
        const algorithm = winograd(outputs, taps, points);
        expect(algorithm.step).toBe(outputs);
        expect(algorithm.input).toHaveLength(outputs + taps - 1);
        const got = applied(algorithm, x, w);
        const want = correlation(x, w);
        expect(got).toHaveLength(outputs);
        // High powers of the points cancel: what is left of float64 is ample all the same.
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(WINOGRAD))('with %s outputs of 3 taps is exact to float64 precision', (outputs, algorithm) => {
    const length = Number(outputs) + 2;
    expect(algorithm.input).toHaveLength(length);
    fc.assert(
      fc.property(numbers(length), numbers(3), (x, w) => {
        const [got, want] = [applied(algorithm, x, w), correlation(x, w)];
        expect(got).toHaveLength(want.length);
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThan(1e-12);
        });
      }),
    );
  });

  it.each<[number, number, number[]]>([
    [2, 3, [0, 1]],
    [2, 3, [0, 1, -1, 2]],
    [2, 3, [0, 1, 1]],
    [4, 3, []],
  ])('refuses F(%i,%i) with the points [%s]', (outputs, taps, points) => {
    const message = `F(${outputs}, ${taps}) needs ${outputs + taps - 2} distinct points, got [${points}]`;
    expect(() => winograd(outputs, taps, points)).toThrow(RangeError);
    expect(() => winograd(outputs, taps, points)).toThrow(message);
  });
});

describe('upsampled', () => {
  /** Around pixels of a signal the upsampled one repeats each, and reads one more on both sides. */
  const twice = (x: readonly number[]) => x.flatMap((value) => [value, value]).slice(1, -1);

  it('gives two outputs a pixel of three taps over a signal repeated twice, for any points', () => {
    const drawn = fc.integer({ min: 1, max: 6 }).chain((pixels) =>
      fc.record({
        points: fc
          .shuffledSubarray(
            POINTS.filter((point) => point !== 0 && point !== 1),
            { minLength: pixels - 1, maxLength: pixels - 1 },
          )
          .chain((others) => fc.shuffledSubarray([1, ...others], { minLength: pixels })),
        x: numbers(pixels + 2),
        w: numbers(3),
      }),
    );
    fc.assert(
      fc.property(drawn, ({ points, x, w }) => {
        const algorithm = upsampled(points.length, points);
        expect(algorithm.step).toBe(points.length);
        expect(algorithm.input).toHaveLength(2 * points.length + 1);
        const got = applied(algorithm, x, w);
        const want = correlation(twice(x), w);
        expect(got).toHaveLength(2 * points.length);
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(UPSAMPLE))('over %s pixels is exact to float64 precision', (pixels, algorithm) => {
    expect(algorithm.step).toBe(Number(pixels));
    fc.assert(
      fc.property(numbers(Number(pixels) + 2), numbers(3), (x, w) => {
        const [got, want] = [applied(algorithm, x, w), correlation(twice(x), w)];
        expect(got).toHaveLength(want.length);
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThan(1e-12);
        });
      }),
    );
  });

  it.each<[number, number[]]>([
    [2, [1]],
    [2, [1, 1]],
    [2, [2, -1]],
    [2, [0, 1]],
  ])('refuses %i pixels with the points [%s]', (pixels, points) => {
    const message = `${pixels} pixels need ${pixels} distinct points without 0, 1 among them; got [${points}]`;
    expect(() => upsampled(pixels, points)).toThrow(RangeError);
    expect(() => upsampled(pixels, points)).toThrow(message);
  });
});

describe('multiply', () => {
  it('is the product of matrices: applied in turn or at once is the same', () => {
    const matrix = (rows: number, columns: number) => fc.array(numbers(columns), { minLength: rows, maxLength: rows });
    fc.assert(
      fc.property(matrix(3, 2), matrix(2, 4), numbers(4), (a, b, x) => {
        const [atOnce, inTurn] = [times(multiply(a, b), x), times(a, times(b, x))];
        expect(atOnce).toHaveLength(inTurn.length);
        atOnce.forEach((value, i) => {
          expect(value).toBeCloseTo(inTurn[i], 12);
        });
      }),
    );
  });
});
