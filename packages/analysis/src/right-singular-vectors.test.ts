import fc from 'fast-check';
import { Matrix, SVD } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { dot } from './extend-orthonormal.js';
import { rightSingularVectors } from './right-singular-vectors.js';

/** Columns of any matrix, often of a low rank: its entries are small whole numbers, or any. */
const matrices = fc
  .record({ rows: fc.integer({ min: 1, max: 8 }), columns: fc.integer({ min: 1, max: 8 }), whole: fc.boolean() })
  .chain(({ rows, columns, whole }) => {
    const entry = whole ? fc.integer({ min: -1, max: 1 }) : fc.double({ min: -10, max: 10, noNaN: true });
    const column = fc.array(entry, { minLength: rows, maxLength: rows });
    return fc.array(column, { minLength: columns, maxLength: columns });
  })
  .filter((columns) => columns.every((column) => column.every((entry) => entry === 0 || Math.abs(entry) > 1e-40)));

/** The matrix, given by its columns, times a vector. */
const product = (columns: readonly ArrayLike<number>[], vector: Float64Array) =>
  Float64Array.from({ length: columns[0].length }, (_, row) =>
    columns.reduce((sum, column, index) => sum + column[row] * vector[index], 0),
  );

describe('rightSingularVectors', () => {
  it('gives the singular values that another method finds', () => {
    fc.assert(
      fc.property(matrices, (columns) => {
        const { values } = rightSingularVectors(columns);
        const expected = new SVD(new Matrix(columns).transpose(), { autoTranspose: true }).diagonal;
        expect(values.length).toBe(Math.min(columns.length, columns[0].length));
        values.forEach((value, index) => {
          expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(1e-13 * expected[0]);
        });
      }),
    );
  });

  it('gives orthonormal vectors, of which the matrix makes orthogonal ones of descending lengths: the values', () => {
    fc.assert(
      fc.property(matrices, (columns) => {
        const { values, vectors } = rightSingularVectors(columns);
        vectors.forEach((left, row) => {
          vectors.forEach((right, column) => {
            expect(Math.abs(dot(left, right) - (row === column ? 1 : 0))).toBeLessThan(1e-13);
            const found = dot(product(columns, left), product(columns, right));
            const expected = row === column ? values[row] ** 2 : 0;
            expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-13 * values[0] ** 2);
          });
          if (row > 0) expect(values[row]).toBeLessThanOrEqual(values[row - 1]);
        });
      }),
    );
  });

  it('gives nothing of a matrix without rows', () => {
    expect(rightSingularVectors([new Float64Array(0)])).toEqual({ values: new Float64Array(0), vectors: [] });
  });

  it('gives no vectors of a matrix of zeros', () => {
    expect(rightSingularVectors([new Float64Array(3), new Float64Array(3)])).toEqual({
      values: new Float64Array(2),
      vectors: [],
    });
  });
});
