import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samples } from '../test/samples.js';
import { histogram } from './histogram.js';
import { histogramDensities } from './histogram-densities.js';

describe('histogramDensities', () => {
  it('gives bars whose areas sum to 1 and are proportional to the counts', () => {
    fc.assert(
      fc.property(samples(), fc.integer({ min: 1, max: 40 }), (values, bins) => {
        fc.pre(new Set(values).size === 1 || Math.max(...values) - Math.min(...values) > 1e-6);
        const bars = histogram(values, bins);
        const areas = histogramDensities(bars).map((height, bin) => height * (bars.edges[bin + 1] - bars.edges[bin]));
        areas.forEach((area, bin) => {
          expect(area).toBeCloseTo(bars.counts[bin] / values.length, 12);
        });
        expect(areas.reduce((sum, area) => sum + area, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('rejects a histogram that counted nothing', () => {
    expect(() => histogramDensities(histogram([1, 2], 3, [5, 6]))).toThrow(/no value was counted/);
  });
});
