import { describe, expect, it } from 'vitest';
import { expectClose } from '../test/golden.js';
import { randomImages } from '../test/samples.js';
import { meanSquaredErrors } from './mean-squared-errors.js';
import { peakSignalToNoiseRatios } from './peak-signal-to-noise-ratios.js';

describe('peakSignalToNoiseRatios', () => {
  const [images, others] = [randomImages(120, 1), randomImages(120, 2)];

  it('says the same as the mean squared error: peak² 10^(-ratio / 10)', () => {
    for (const peak of [1, 255]) {
      const errors = peakSignalToNoiseRatios(images, others, 12, peak).map((ratio) => peak ** 2 * 10 ** (-ratio / 10));
      expectClose(errors, meanSquaredErrors(images, others, 12), 1e-12);
    }
  });

  it('is 20 dB for a difference of a tenth of the peak', () => {
    expect(peakSignalToNoiseRatios(Float32Array.of(0), Float32Array.of(25), 1, 250)[0]).toBeCloseTo(20, 12);
  });

  it('is infinite for identical images', () => {
    expect(Array.from(peakSignalToNoiseRatios(images, images, 60))).toEqual([Infinity, Infinity]);
  });

  it.each([0, -1, Number.NaN, Infinity])('rejects the peak %d', (peak) => {
    expect(() => peakSignalToNoiseRatios(images, others, 12, peak)).toThrow(/peak is/);
  });
});
