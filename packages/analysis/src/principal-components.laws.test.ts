import fc from 'fast-check';
import { Matrix, SVD } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { mixtures } from '../test/samples.js';
import { principalComponents } from './principal-components.js';

const methods = ['exact', 'randomized'] as const;

interface Data {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Data of any rank and scale: products of whole numbers, columns without variance, units far apart, any numbers. */
const anyData: fc.Arbitrary<Data> = fc
  .record({
    rows: fc.integer({ min: 2, max: 14 }),
    columns: fc.integer({ min: 1, max: 14 }),
    rank: fc.integer({ min: 0, max: 4 }),
    scale: fc.constantFrom(1, 0.1, 1e-9, 1e12, 1e-160, 1e160, 1e-300, 1e300),
    offset: fc.constantFrom(0, 0, 0.1, 1e6),
    units: fc.constantFrom(1, 10, 1e3),
    seed: fc.nat(9999),
    raw: fc.option(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 196, maxLength: 196 })),
  })
  .map(({ rows, columns, rank, scale, offset, units, seed, raw }) => {
    const deviations = Array.from({ length: rank }, () => 1);
    const low = mixtures(rows, columns, deviations, seed);
    const values = Float64Array.from({ length: rows * columns }, (_, index) =>
      raw && seed % 4 === 0 ? raw[index] : scale * (offset + Math.round(4 * low[index]) / units ** (index % columns)),
    );
    return { values, rows, columns };
  });

/** Entry of a Hadamard matrix: columns are orthogonal, the first is constant. */
const hadamard = (row: number, column: number) => {
  let bits = row & column;
  let sign = 1;
  for (; bits > 0; bits >>= 1) if (bits & 1) sign = -sign;
  return sign;
};

/** Data [rows, columns], powers of two, with singular values that are known and no rounding at all. */
function withSingularValues(values: readonly number[], rows: number, columns: number): Data {
  const entry = (row: number, column: number) =>
    values.reduce((sum, value, index) => sum + value * hadamard(row, index + 1) * hadamard(column, index), 0);
  return {
    values: Float64Array.from({ length: rows * columns }, (_, index) =>
      entry(Math.floor(index / columns), index % columns),
    ),
    rows,
    columns,
  };
}

describe.each(methods)('principal components of any data (%s)', (method) => {
  const all = ({ values, rows, columns }: Data, components = Math.min(rows, columns)) =>
    principalComponents(values, rows, columns, { components, method });

  it('have descending variances, ratios in [0, 1] that sum to 1 at most, and orthonormal directions', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const { explainedVariance, explainedVarianceRatio, singularValues, components, scores, mean } = all(data);
        for (const numbers of [explainedVariance, explainedVarianceRatio, singularValues]) {
          numbers.forEach((value, index) => {
            expect(value).toBeGreaterThanOrEqual(0);
            if (index > 0) expect(value).toBeLessThanOrEqual(numbers[index - 1]);
          });
        }
        expect(explainedVarianceRatio.every((ratio) => ratio <= 1)).toBe(true);
        const explained = explainedVarianceRatio.reduce((sum, ratio) => sum + ratio, 0);
        const varies = singularValues[0] > 0;
        expect(Math.abs(explained - (varies ? 1 : 0))).toBeLessThan(1e-14 * data.columns);
        const count = singularValues.length;
        for (let left = 0; left < count; left++) {
          for (let right = 0; right <= left; right++) {
            let product = 0;
            for (let column = 0; column < data.columns; column++) {
              product += components[left * data.columns + column] * components[right * data.columns + column];
            }
            expect(Math.abs(product - (left === right ? 1 : 0))).toBeLessThan(1e-13);
          }
        }
        expect(mean.every(Number.isFinite)).toBe(true);
        expect(scores.some(Number.isNaN)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('have scores as long as the singular values, to rounding beside the largest', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const { singularValues, scores } = all(data);
        fc.pre(singularValues[0] < Infinity && singularValues[0] > 1e-290);
        singularValues.forEach((value, index) => {
          const along = Array.from(
            { length: data.rows },
            (_, row) => scores[row * singularValues.length + index] / singularValues[0],
          );
          expect(Math.abs(Math.hypot(...along) - value / singularValues[0])).toBeLessThan(1e-13);
        });
      }),
    );
  });

  it('have the singular values that a decomposition of the centred data gives', () => {
    const moderate = anyData.filter(({ values }) =>
      values.every((value) => value === 0 || Math.abs(Math.log10(Math.abs(value))) < 100),
    );
    fc.assert(
      fc.property(moderate, (data) => {
        const { singularValues, mean } = all(data);
        const deviations = Array.from({ length: data.rows }, (_, row) =>
          Array.from({ length: data.columns }, (_, column) => data.values[row * data.columns + column] - mean[column]),
        );
        const expected = new SVD(new Matrix(deviations), { autoTranspose: true }).diagonal;
        singularValues.forEach((value, index) => {
          expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(1e-13 * expected[0]);
        });
      }),
    );
  });

  it('scale with the data by any power of two, and their directions and ratios do not change', () => {
    fc.assert(
      fc.property(fc.integer({ min: -900, max: 900 }), fc.nat(99), (exponent, seed) => {
        const [rows, columns] = [7, 5];
        const values = mixtures(rows, columns, [4, 2, 1], seed);
        const factor = 2 ** exponent;
        const expected = all({ values, rows, columns });
        const found = all({ values: values.map((value) => value * factor), rows, columns });
        for (const part of ['mean', 'scores', 'singularValues'] as const) {
          found[part].forEach((value, index) => {
            expect(Math.abs(value / factor - expected[part][index])).toBeLessThan(1e-12);
          });
        }
        found.explainedVarianceRatio.forEach((ratio, index) => {
          expect(Math.abs(ratio - expected.explainedVarianceRatio[index])).toBeLessThan(1e-14);
        });
      }),
    );
  });

  it.each([
    [16, 16],
    [64, 16],
    [16, 64],
    [512, 16],
    [16, 512],
    [256, 512],
  ])('find singular values from 1e3 to 1e-8 of data [%d, %d], each to 1e-6', (rows, columns) => {
    // With the norms of Hadamard columns these are 2^10 to 2^-27.
    const size = Math.sqrt(rows * columns);
    const wanted = Array.from({ length: 13 }, (_, index) => 2 ** (10 - (37 * index) / 12));
    const rounded = wanted.map((value) => 2 ** Math.round(Math.log2(value / size)));
    const { singularValues } = all(withSingularValues(rounded, rows, columns), rounded.length);
    expect(rounded[0] * size).toBeGreaterThan(700);
    expect(rounded[12] * size).toBeLessThan(1.1e-8);
    rounded.forEach((value, index) => {
      expect(Math.abs(singularValues[index] / (value * size) - 1)).toBeLessThan(1e-6);
    });
  });

  it('find one component in data of rank one', () => {
    const values = Float64Array.from(
      { length: 40 },
      (_, index) => 0.1 * (1 + Math.floor(index / 4)) * (1 + (index % 4)),
    );
    const { explainedVariance, explainedVarianceRatio } = all({ values, rows: 10, columns: 4 });
    expect(explainedVarianceRatio[0]).toBeCloseTo(1, 15);
    expect(explainedVariance[1]).toBeLessThan(1e-30 * explainedVariance[0]);
  });

  it('have no variance, ratio or score in data that are constant', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { mean, ...found } = all({ values: new Float64Array(40).fill(value), rows: 10, columns: 4 });
        expect(Array.from(mean)).toEqual([value, value, value, value].map((each) => each + 0));
        for (const numbers of [found.explainedVariance, found.explainedVarianceRatio, found.scores]) {
          expect(numbers.every((number) => number === 0)).toBe(true);
        }
      }),
    );
  });

  it('bring every score to unit variance that varies by more than rounding, and no other', () => {
    const { values, rows, columns } = { values: mixtures(30, 6, [3, 1], 5), rows: 30, columns: 6 };
    const { scores } = principalComponents(values, rows, columns, { components: 6, whiten: true, method });
    const variance = (component: number) =>
      Array.from({ length: rows }, (_, row) => scores[row * 6 + component] ** 2).reduce(
        (sum, value) => sum + value,
        0,
      ) / 29;
    expect([variance(0), variance(1)].map((value) => value.toFixed(10))).toEqual(['1.0000000000', '1.0000000000']);
    for (const component of [2, 3, 4, 5]) expect(variance(component)).toBeLessThan(1e-26);
  });
});

it('principal components of columns in very different units are found each to its own rounding', () => {
  const [rows, columns] = [16, 6];
  const lengths = [3, 5e4, 7e-8, 2e-14, 9, 4e-20];
  const values = Float64Array.from(
    { length: rows * columns },
    (_, index) => lengths[index % columns] * hadamard(Math.floor(index / columns), 1 + (index % columns)),
  );
  const { singularValues } = principalComponents(values, rows, columns, { components: columns, method: 'exact' });
  [...lengths]
    .sort((a, b) => b - a)
    .forEach((length, index) => {
      expect(Math.abs(singularValues[index] / (4 * length) - 1)).toBeLessThan(1e-13);
    });
});
