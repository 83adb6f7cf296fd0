import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../operations/tiles.js';
import { type BilinearAlgorithm, multiply, UPSAMPLE_2, WINOGRAD, winograd } from './bilinear.js';

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
        const want = correlation(x, w);
        applied(algorithm, x, w).forEach((value, i) => {
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

describe('UPSAMPLE_2', () => {
  it('gives two outputs of three taps over a signal repeated twice', () => {
    fc.assert(
      fc.property(numbers(3), numbers(3), ([before, here, after], w) => {
        // Around pixel i of the signal the upsampled one reads x[i-1] x[i] x[i] x[i+1].
        const want = correlation([before, here, here, after], w);
        const got = applied(UPSAMPLE_2, [before, here, after], w);
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThan(1e-14);
        });
        expect(got).toHaveLength(2);
      }),
    );
  });
});

describe('multiply', () => {
  it('is the product of matrices: applied in turn or at once is the same', () => {
    const matrix = (rows: number, columns: number) => fc.array(numbers(columns), { minLength: rows, maxLength: rows });
    fc.assert(
      fc.property(matrix(3, 2), matrix(2, 4), numbers(4), (a, b, x) => {
        times(multiply(a, b), x).forEach((value, i) => {
          expect(value).toBeCloseTo(times(a, times(b, x))[i], 12);
        });
      }),
    );
  });
});
