import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samples } from '../test/samples.js';
import { quantile } from './quantile.js';

describe('quantile', () => {
  it('halves the sample at the probability 1/2', () => {
    fc.assert(
      fc.property(samples(), (values) => {
        const median = quantile(values, 0.5);
        expect(values.filter((value) => value <= median + 1e-12).length).toBeGreaterThanOrEqual(values.length / 2);
        expect(values.filter((value) => value >= median - 1e-12).length).toBeGreaterThanOrEqual(values.length / 2);
      }),
    );
  });

  it('interpolates between the two nearest values', () => {
    expect(quantile([1, 2, 4], 0.25)).toBe(1.5);
    expect(quantile([1, 2, 4], 0.75)).toBe(3);
  });
});
