import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixtures } from '../test/samples.js';
import { centredProducts, centredTransposedProducts } from './tall-products.js';

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 13 }),
  columns: fc.integer({ min: 1, max: 9 }),
  vectors: fc.integer({ min: 0, max: 5 }),
  single: fc.boolean(),
});

describe('tall products', () => {
  it('are the sums of the definition for any number of rows, columns and vectors', () => {
    fc.assert(
      fc.property(sizes, ({ rows, columns, vectors, single }) => {
        const values = mixtures(rows, columns, [2, 1]);
        const data = single ? Float32Array.from(values) : values;
        const mean = mixtures(1, columns, [1], 2);
        const matrix = { data, rows, columns, mean };
        const entry = (row: number, column: number) => data[row * columns + column] - mean[column];
        const right = Array.from({ length: vectors }, (_, index) => mixtures(1, columns, [1], 3 + index));
        const left = Array.from({ length: vectors }, (_, index) => mixtures(1, rows, [1], 3 + index));

        const products = centredProducts(matrix, right);
        const transposed = centredTransposedProducts(matrix, left);
        expect([products.length, transposed.length]).toEqual([vectors, vectors]);
        right.forEach((vector, index) => {
          expect(products[index].length).toBe(rows);
          products[index].forEach((product, row) => {
            expect(product).toBeCloseTo(
              vector.reduce((sum, value, column) => sum + value * entry(row, column), 0),
              9,
            );
          });
        });
        left.forEach((vector, index) => {
          expect(transposed[index].length).toBe(columns);
          transposed[index].forEach((product, column) => {
            expect(product).toBeCloseTo(
              vector.reduce((sum, value, row) => sum + value * entry(row, column), 0),
              9,
            );
          });
        });
      }),
    );
  });
});
