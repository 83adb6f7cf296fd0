import { RandomStream } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, golden, goldenFloat32 } from '../test/golden.js';
import { mixtures } from '../test/samples.js';
import { type PrincipalComponents, principalComponents } from './principal-components.js';

const methods = ['exact', 'randomized'] as const;
const decaying = Array.from({ length: 30 }, (_, index) => 0.7 ** index);

function expectNear(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  const largest = expected.reduce((maximum, value) => Math.max(maximum, Math.abs(value)), 0);
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(tolerance * largest);
  });
}

function expectSame(actual: PrincipalComponents, expected: PrincipalComponents, tolerance: number): void {
  expectNear(actual.mean, expected.mean, tolerance);
  expectNear(actual.components, expected.components, tolerance);
  expectNear(actual.explainedVariance, expected.explainedVariance, tolerance);
  expectNear(actual.scores, expected.scores, tolerance);
}

/** Scalar products of the rows of a row-major matrix. */
function products(matrix: Float64Array, rows: number): number[] {
  const columns = matrix.length / rows;
  const row = (index: number) => matrix.subarray(index * columns, (index + 1) * columns);
  return Array.from({ length: rows * rows }, (_, index) =>
    row(Math.floor(index / rows)).reduce((sum, value, column) => sum + value * row(index % rows)[column], 0),
  );
}

describe('principalComponents', () => {
  it.each(methods)('agrees with scikit-learn, signs included (%s)', (method) => {
    const found = principalComponents(goldenFloat32('pca_x'), 400, 150, { components: 5, method });
    expectClose(found.mean, golden('pca_mean'));
    expectClose(found.explainedVariance, golden('pca_explained_variance'));
    expectClose(found.explainedVarianceRatio, golden('pca_ratio'));
    expectNear(found.components, golden('pca_components'), 1e-9);
    expectNear(found.scores, golden('pca_scores'), 1e-9);
    expect(found.method).toBe(method);
    expect(found.converged).toBe(true);
  });

  it.each(methods)(
    'gives orthonormal components and scores of their variance, uncorrelated, about zero (%s)',
    (method) => {
      const sizes = fc.record({
        rows: fc.integer({ min: 2, max: 40 }),
        columns: fc.integer({ min: 1, max: 40 }),
        seed: fc.nat(999),
      });
      fc.assert(
        fc.property(sizes, ({ rows, columns, seed }) => {
          const components = Math.min(rows, columns, 4);
          const data = mixtures(rows, columns, [4, 2, 1, 0.5, 0.25], seed);
          const found = principalComponents(data, rows, columns, { components, method });
          products(found.components, components).forEach((product, index) => {
            expect(product).toBeCloseTo(index % (components + 1) === 0 ? 1 : 0, 10);
          });
          const byComponent = Float64Array.from(
            { length: rows * components },
            (_, index) => found.scores[(index % rows) * components + Math.floor(index / rows)],
          );
          const scale = found.explainedVariance[0] * (rows - 1);
          products(byComponent, components).forEach((product, index) => {
            const diagonal = index % (components + 1) === 0;
            const expected = diagonal ? found.explainedVariance[Math.floor(index / components)] * (rows - 1) : 0;
            expect(Math.abs(product - expected)).toBeLessThan(1e-7 * scale);
          });
          for (let component = 0; component < components; component++) {
            const sum = byComponent.subarray(component * rows, (component + 1) * rows).reduce((a, b) => a + b, 0);
            expect(Math.abs(sum)).toBeLessThan(1e-9 * Math.sqrt(scale) * rows);
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each(methods)('explains the variance of all columns if all components are taken (%s)', (method) => {
    for (const [rows, columns] of [
      [30, 12],
      [12, 30],
    ]) {
      const found = principalComponents(mixtures(rows, columns, decaying), rows, columns, { components: 12, method });
      expect(found.explainedVarianceRatio.reduce((sum, ratio) => sum + ratio, 0)).toBeCloseTo(1, 10);
      expectClose(
        found.singularValues,
        found.explainedVariance.map((variance) => Math.sqrt(variance * (rows - 1))),
        1e-14,
      );
    }
  });

  it.each(methods)('does not depend on the order of the rows (%s)', (method) => {
    const [rows, columns] = [60, 35];
    const data = mixtures(rows, columns, decaying);
    const order = new RandomStream(3, 3).shuffle(Uint32Array.from({ length: rows }, (_, row) => row));
    const shuffled = new Float64Array(data.length);
    order.forEach((source, row) => {
      shuffled.set(data.subarray(source * columns, (source + 1) * columns), row * columns);
    });
    const expected = principalComponents(data, rows, columns, { components: 3, method });
    const found = principalComponents(shuffled, rows, columns, { components: 3, method });
    const reordered = new Float64Array(rows * 3);
    order.forEach((source, row) => {
      reordered.set(expected.scores.subarray(source * 3, source * 3 + 3), row * 3);
    });
    expectSame(found, { ...expected, scores: reordered }, 1e-9);
  });

  it('finds the same by both methods where the variances decay, for tall and for wide data', () => {
    for (const [rows, columns] of [
      [300, 90],
      [90, 300],
    ]) {
      const data = mixtures(rows, columns, decaying);
      const exact = principalComponents(data, rows, columns, { components: 4, method: 'exact' });
      for (const seed of [0, 1, 2]) {
        const randomized = principalComponents(data, rows, columns, { components: 4, method: 'randomized', seed });
        expect(randomized.converged).toBe(true);
        expectSame(randomized, exact, 1e-7);
      }
    }
  });

  it('takes float32 data for what they are', () => {
    const single = Float32Array.from(mixtures(50, 20, decaying));
    expect(principalComponents(single, 50, 20, { components: 3 })).toEqual(
      principalComponents(Float64Array.from(single), 50, 20, { components: 3 }),
    );
  });

  it('finds small variances beside a large mean', () => {
    const data = mixtures(50, 20, decaying);
    const shifted = data.map((value) => value + 1e6);
    const expected = principalComponents(data, 50, 20, { components: 3 });
    const found = principalComponents(shifted, 50, 20, { components: 3 });
    expectNear(found.explainedVariance, expected.explainedVariance, 1e-8);
    expectNear(found.components, expected.components, 1e-8);
  });

  it('gives unit variance to whitened scores and leaves all else as it is', () => {
    const data = mixtures(50, 20, decaying);
    const plain = principalComponents(data, 50, 20, { components: 3 });
    const whitened = principalComponents(data, 50, 20, { components: 3, whiten: true });
    expect({ ...whitened, scores: plain.scores }).toEqual(plain);
    for (let component = 0; component < 3; component++) {
      const scores = whitened.scores.filter((_, index) => index % 3 === component);
      expect(scores.reduce((sum, score) => sum + score * score, 0) / 49).toBeCloseTo(1, 10);
    }
  });

  it.each(methods)('completes the components where the data have a lower rank (%s)', (method) => {
    for (const [rows, columns] of [
      [9, 6],
      [6, 9],
    ]) {
      const found = principalComponents(mixtures(rows, columns, [1]), rows, columns, { components: 6, method });
      products(found.components, 6).forEach((product, index) => {
        expect(product).toBeCloseTo(index % 7 === 0 ? 1 : 0, 10);
      });
      expect(found.explainedVarianceRatio[0]).toBeCloseTo(1, 12);
      expect(found.explainedVarianceRatio[1]).toBeLessThan(1e-20);
    }
  });

  it.each(methods)('says that constant data vary in no direction (%s)', (method) => {
    const found = principalComponents(new Float32Array(40).fill(0.5), 8, 5, { components: 2, whiten: true, method });
    expect(Array.from(found.explainedVarianceRatio)).toEqual([0, 0]);
    expect(found.scores.every((score) => score === 0)).toBe(true);
    products(found.components, 2).forEach((product, index) => {
      expect(product).toBeCloseTo(index % 3 === 0 ? 1 : 0, 14);
    });
  });

  it('chooses the randomized method for a few components of large data, the exact one otherwise', () => {
    const method = (rows: number, columns: number, components: number) =>
      principalComponents(mixtures(rows, columns, [2, 1]), rows, columns, { components }).method;
    expect(method(300, 300, 2)).toBe('randomized');
    expect(method(300, 20, 2)).toBe('exact');
    expect(method(20, 300, 2)).toBe('exact');
  });

  it('says so if the randomized method stops early: all directions alike', () => {
    const [rows, columns] = [2000, 600];
    const stream = new RandomStream(1, 1);
    const data = Float32Array.from({ length: rows * columns }, () => stream.uniform());
    const found = principalComponents(data, rows, columns, { components: 60, method: 'randomized' });
    expect(found.converged).toBe(false);
    expect(found.components.length).toBe(60 * columns);
  });

  it.each([
    [
      'data of another shape',
      () => principalComponents(new Float32Array(11), 4, 3, { components: 1 }),
      /hold 11 values.*needs 12/,
    ],
    ['a single row', () => principalComponents(new Float32Array(3), 1, 3, { components: 1 }), /at least two rows/],
    [
      'too many components',
      () => principalComponents(new Float32Array(12), 4, 3, { components: 4 }),
      /expected 1 to 3/,
    ],
    [
      'NaN',
      () => principalComponents(Float32Array.of(1, 2, 3, Number.NaN), 2, 2, { components: 1 }),
      /column 1 is NaN/,
    ],
  ])('rejects %s', (_, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
