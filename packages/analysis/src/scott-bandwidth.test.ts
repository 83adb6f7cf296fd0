import { describe, expect, it } from 'vitest';
import { expectClose, golden, goldenNumbers } from '../test/golden.js';
import { scottBandwidth } from './scott-bandwidth.js';

describe('scottBandwidth', () => {
  it('agrees with scipy.stats.gaussian_kde', () => {
    expectClose([scottBandwidth(golden('errors'))], [goldenNumbers.bandwidth_scott]);
  });

  it('has the unit of the sample and does not care where its zero is', () => {
    const sample = golden('errors');
    expectClose([scottBandwidth(sample.map((value) => 1000 * value - 7))], [1000 * scottBandwidth(sample)]);
  });

  it.each([[[]], [[1]], [[0.1, 0.1, 0.1]], [[1, Number.NaN]]])('rejects the sample %j', (values) => {
    expect(() => scottBandwidth(Float64Array.from(values))).toThrow(RangeError);
  });
});
