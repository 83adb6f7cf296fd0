import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samples } from '../test/samples.js';
import { mean } from './mean.js';

describe('mean', () => {
  it('balances the deviations: they sum to zero', () => {
    fc.assert(
      fc.property(samples(), (values) => {
        const centre = mean(values);
        expect(values.reduce((sum, value) => sum + (value - centre), 0)).toBeCloseTo(0, 8);
      }),
    );
  });

  it('rejects an empty sample', () => {
    expect(() => mean([])).toThrow(RangeError);
  });
});
