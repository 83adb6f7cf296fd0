import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from './extend-orthonormal.js';
import { symmetricEigenvectors } from './symmetric-eigenvectors.js';

const entries = fc
  .integer({ min: 1, max: 8 })
  .chain((size) =>
    fc
      .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: size * size, maxLength: size * size })
      .map((values) =>
        Array.from({ length: size }, (_, row) =>
          Float64Array.from({ length: size }, (_, column) => values[row * size + column] + values[column * size + row]),
        ),
      ),
  );

describe('symmetricEigenvectors', () => {
  it('stretches each unit vector by its value, the values descending', () => {
    fc.assert(
      fc.property(entries, (rows) => {
        const { values, vectors } = symmetricEigenvectors(rows);
        expect([values.length, vectors.length]).toEqual([rows.length, rows.length]);
        vectors.forEach((vector, index) => {
          expect(dot(vector, vector)).toBeCloseTo(1, 10);
          rows.forEach((row, position) => {
            expect(dot(row, vector)).toBeCloseTo(values[index] * vector[position], 8);
          });
          if (index > 0) expect(values[index]).toBeLessThanOrEqual(values[index - 1]);
        });
      }),
    );
  });

  it('gives the largest ones if fewer are asked for', () => {
    const { values, vectors } = symmetricEigenvectors([Float64Array.of(1, 0), Float64Array.of(0, 5)], 1);
    expect(Array.from(values)).toEqual([5]);
    expect(Array.from(vectors[0], Math.abs)).toEqual([0, 1]);
  });
});
