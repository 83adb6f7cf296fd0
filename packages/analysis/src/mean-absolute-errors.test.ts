import { describe, expect, it } from 'vitest';
import { randomImages } from '../test/samples.js';
import { meanAbsoluteErrors } from './mean-absolute-errors.js';
import { meanSquaredErrors } from './mean-squared-errors.js';

describe('meanAbsoluteErrors', () => {
  it('is the mean of the absolute differences, image by image', () => {
    const errors = meanAbsoluteErrors(Float32Array.of(0, 1, 2, 2), Float32Array.of(1, -3, 2, 4), 2);
    expect(Array.from(errors)).toEqual([2.5, 1]);
  });

  it('is at most the root of the mean squared error', () => {
    const [images, others] = [randomImages(200, 1), randomImages(200, 2)];
    const squared = meanSquaredErrors(images, others, 20);
    meanAbsoluteErrors(images, others, 20).forEach((error, image) => {
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThanOrEqual(Math.sqrt(squared[image]));
    });
  });

  it('rejects shapes that do not fit', () => {
    expect(() => meanAbsoluteErrors(new Float32Array(4), new Float32Array(6), 2)).toThrow(/reconstructions 6/);
  });
});
