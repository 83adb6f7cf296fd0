import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { samples } from '../test/samples.js';
import { kernelDensity } from './kernel-density.js';
import { silvermanBandwidth } from './silverman-bandwidth.js';

const spread = samples(2).filter((values) => Math.max(...values) - Math.min(...values) > 1e-3);

/** The definition, term by term. */
function density(sample: Float64Array, point: number, bandwidth: number): number {
  const kernels = sample.map((value) => Math.exp(-0.5 * ((point - value) / bandwidth) ** 2));
  return kernels.reduce((sum, kernel) => sum + kernel, 0) / (sample.length * bandwidth * Math.sqrt(2 * Math.PI));
}

describe('kernelDensity', () => {
  it('agrees with scipy.stats.gaussian_kde for both rules', () => {
    const errors = golden('errors');
    const grid = golden('kde_grid');
    expectClose(kernelDensity(errors, grid), golden('kde_scott'));
    expectClose(kernelDensity(errors, grid, silvermanBandwidth(errors)), golden('kde_silverman'));
  });

  it('leaves out only what cannot be seen, also far from all observations', () => {
    fc.assert(
      fc.property(
        spread,
        fc.double({ min: 0.1, max: 100, noNaN: true }),
        fc.double({ min: -2000, max: 2000, noNaN: true }),
        (values, bandwidth, point) => {
          const sample = Float64Array.from(values);
          const expected = density(sample, point, bandwidth);
          fc.pre(expected > 1e-290);
          expectClose(kernelDensity(sample, Float64Array.of(point), bandwidth), [expected], 1e-10);
        },
      ),
    );
  });

  it('integrates to 1', () => {
    fc.assert(
      fc.property(spread, fc.double({ min: 1, max: 50, noNaN: true }), (values, bandwidth) => {
        const lower = Math.min(...values) - 10 * bandwidth;
        const step = bandwidth / 4;
        const length = Math.ceil((Math.max(...values) + 10 * bandwidth - lower) / step) + 1;
        const grid = Float64Array.from({ length }, (_, index) => lower + index * step);
        const heights = kernelDensity(Float64Array.from(values), grid, bandwidth);
        expect(heights.reduce((sum, height) => sum + height, 0) * step).toBeCloseTo(1, 10);
      }),
    );
  });

  it('does not depend on the order of the observations', () => {
    const errors = golden('errors');
    const grid = golden('kde_grid');
    expectClose(kernelDensity(errors.slice().reverse(), grid), kernelDensity(errors, grid), 1e-12);
  });

  it('is zero where every kernel underflows', () => {
    expect(kernelDensity(Float64Array.of(0, 1), Float64Array.of(1e6), 1)[0]).toBe(0);
  });

  it.each([
    ['a sample without spread', () => kernelDensity(Float64Array.of(3, 3), Float64Array.of(3)), /two distinct/],
    ['an empty sample', () => kernelDensity(new Float64Array(0), Float64Array.of(3), 1), /empty/],
    ['NaN in the grid', () => kernelDensity(Float64Array.of(1, 2), Float64Array.of(Number.NaN)), /grid.*NaN/],
    ['no bandwidth', () => kernelDensity(Float64Array.of(1, 2), Float64Array.of(1), 0), /bandwidth is 0/],
  ])('rejects %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
