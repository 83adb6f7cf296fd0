import { describe, expect, it } from 'vitest';
import { expectClose, golden, goldenNumbers } from '../test/golden.js';
import { silvermanBandwidth } from './silverman-bandwidth.js';

describe('silvermanBandwidth', () => {
  it('agrees with scipy.stats.gaussian_kde', () => {
    const deviation = goldenNumbers.bandwidth_scott / goldenNumbers.scott_factor;
    expectClose([silvermanBandwidth(golden('errors'))], [goldenNumbers.silverman_factor * deviation]);
  });

  it('rejects a sample without spread', () => {
    expect(() => silvermanBandwidth(Float64Array.of(2, 2))).toThrow(/at least two distinct/);
  });
});
