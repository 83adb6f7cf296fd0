import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, extendOrthonormal, standardBasis } from './extend-orthonormal.js';

const vector = fc.float64Array({ minLength: 6, maxLength: 6, min: -10, max: 10, noNaN: true });

describe('extendOrthonormal', () => {
  it('gives orthonormal vectors that reach every candidate', () => {
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 9 }), (candidates) => {
        const basis: Float64Array[] = [];
        extendOrthonormal(basis, candidates);
        basis.forEach((left, row) => {
          basis.forEach((right, column) => {
            expect(Math.abs(dot(left, right) - (row === column ? 1 : 0))).toBeLessThan(1e-13);
          });
        });
        for (const candidate of candidates) {
          const inside = basis.reduce((sum, direction) => sum + dot(candidate, direction) ** 2, 0);
          expect(Math.abs(dot(candidate, candidate) - inside)).toBeLessThanOrEqual(1e-9 * dot(candidate, candidate));
        }
      }),
    );
  });

  it('stays orthonormal where candidates nearly coincide', () => {
    const basis: Float64Array[] = [];
    extendOrthonormal(basis, [Float64Array.of(1, 1, 1), Float64Array.of(1, 1, 1 + 1e-8)]);
    expect(basis.length).toBe(2);
    expect(Math.abs(dot(basis[0], basis[1]))).toBeLessThan(1e-15);
  });

  it('skips what depends on the vectors before, and leaves the candidates as they are', () => {
    const candidates = [Float64Array.of(2, 0), Float64Array.of(0, 0), Float64Array.of(-3, 0), Float64Array.of(1, 1)];
    const basis: Float64Array[] = [];
    extendOrthonormal(basis, candidates);
    expect(basis.map((direction) => Array.from(direction))).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(Array.from(candidates[0])).toEqual([2, 0]);
  });

  it('completes a basis to the size asked for', () => {
    const basis: Float64Array[] = [];
    extendOrthonormal(basis, [Float64Array.of(1, 2, 2, 4)]);
    extendOrthonormal(basis, standardBasis(4), 3);
    expect(basis.length).toBe(3);
  });
});
