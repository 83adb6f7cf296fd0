import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixtures } from '../test/samples.js';
import { dot } from './extend-orthonormal.js';
import { triangularFactor } from './triangular-factor.js';

/** The factor of a matrix that is given by its columns. */
const factorOf = (columns: readonly Float64Array[]) =>
  triangularFactor(columns[0].length, columns.length, (block, first) => {
    columns.forEach((column, index) => {
      block[index].set(column.subarray(first, first + block[index].length));
    });
  });

const matrices = fc
  .record({ rows: fc.integer({ min: 1, max: 150 }), columns: fc.integer({ min: 1, max: 11 }), seed: fc.nat(999) })
  .map(({ rows, columns, seed }) =>
    Array.from({ length: columns }, (_, index) => mixtures(1, rows, [2, 1], 1000 * seed + index)),
  );

describe('triangularFactor', () => {
  it('is triangular and has the scalar products of the columns, for any shape', () => {
    fc.assert(
      fc.property(matrices, (columns) => {
        const factor = factorOf(columns);
        columns.forEach((left, row) => {
          expect(factor[row].subarray(row + 1).every((entry) => entry === 0)).toBe(true);
          columns.forEach((right, column) => {
            const size = Math.sqrt(dot(left, left) * dot(right, right));
            expect(Math.abs(dot(factor[row], factor[column]) - dot(left, right))).toBeLessThan(1e-13 * size);
          });
        });
      }),
    );
  });
});
