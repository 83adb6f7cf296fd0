import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { samples } from '../test/samples.js';
import { histogram } from './histogram.js';

describe('histogram', () => {
  it('agrees with numpy.histogram', () => {
    const { counts, edges } = histogram(golden('errors'), 30);
    expect(Array.from(counts)).toEqual(Array.from(golden('hist_counts')));
    expectClose(edges, golden('hist_edges'), 1e-15);
  });

  it('counts every value once, in the interval whose edges enclose it', () => {
    fc.assert(
      fc.property(samples(), fc.integer({ min: 1, max: 40 }), (values, bins) => {
        fc.pre(new Set(values).size === 1 || Math.max(...values) - Math.min(...values) > 1e-9);
        const { counts, edges } = histogram(values, bins);
        const expected = Array.from(
          counts,
          (_, bin) =>
            values.filter(
              (value) => value >= edges[bin] && (value < edges[bin + 1] || (bin === bins - 1 && value <= edges[bins])),
            ).length,
        );
        expect(Array.from(counts)).toEqual(expected);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
      }),
    );
  });

  it('puts values that are edges into the interval above, but for the last, however the edges are rounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (bins, width) => {
        const { edges } = histogram([0.1, 0.1 + width], bins);
        const expected = Array.from({ length: bins }, (_, bin) => (bin === bins - 1 ? 2 : 1));
        expect(Array.from(histogram(edges, bins).counts)).toEqual(expected);
      }),
    );
  });

  it('leaves out values beyond a given range', () => {
    const { counts, edges } = histogram([-1, 0, 1, 2, 3, 9], 3, [0, 3]);
    expect(Array.from(counts)).toEqual([1, 1, 2]);
    expect(Array.from(edges)).toEqual([0, 1, 2, 3]);
  });

  it('spreads a unit about values that are all equal', () => {
    const { counts, edges } = histogram([5, 5, 5], 2);
    expect(Array.from(edges)).toEqual([4.5, 5, 5.5]);
    expect(Array.from(counts)).toEqual([0, 3]);
  });

  it.each([
    ['an empty sample', () => histogram([]), /empty/],
    ['NaN', () => histogram([1, Number.NaN]), /value 1 of 2 is NaN/],
    ['an infinity', () => histogram([1, Infinity]), /is Infinity/],
    ['no bins', () => histogram([1, 2], 0), /number of bins is 0/],
    ['half a bin', () => histogram([1, 2], 2.5), /number of bins is 2.5/],
    ['a range that runs downwards', () => histogram([1, 2], 2, [3, 1]), /range is 3 to 1/],
    ['a range without end', () => histogram([1, 2], 2, [0, Infinity]), /range is 0 to Infinity/],
    ['a range too narrow for the bins', () => histogram([1, 1 + 1e-15], 100), /cannot be cut into 100 bins/],
  ])('rejects %s', (_, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
