import { RandomStream } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../test/golden.js';
import { randomImages } from '../test/samples.js';
import { structuralSimilarities } from './structural-similarities.js';

/** The definition, window by window, with the two-dimensional weights and with deviations from the local means. */
function similarity(a: Float32Array, b: Float32Array, height: number, width: number): number {
  const offsets = Array.from({ length: 121 }, (_, index) => [Math.floor(index / 11) - 5, (index % 11) - 5]);
  const raw = offsets.map(([y, x]) => Math.exp(-(x * x + y * y) / (2 * 1.5 ** 2)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const indices: number[] = [];
  for (let row = 5; row < height - 5; row++) {
    for (let column = 5; column < width - 5; column++) {
      const weighted = (value: (pixel: number) => number) =>
        offsets.reduce((sum, [y, x], k) => sum + (raw[k] / total) * value((row + y) * width + column + x), 0);
      const meanA = weighted((pixel) => a[pixel]);
      const meanB = weighted((pixel) => b[pixel]);
      const varianceA = weighted((pixel) => (a[pixel] - meanA) ** 2);
      const varianceB = weighted((pixel) => (b[pixel] - meanB) ** 2);
      const covariance = weighted((pixel) => (a[pixel] - meanA) * (b[pixel] - meanB));
      const luminance = (2 * meanA * meanB + 1e-4) / (meanA ** 2 + meanB ** 2 + 1e-4);
      indices.push((luminance * (2 * covariance + 9e-4)) / (varianceA + varianceB + 9e-4));
    }
  }
  return indices.reduce((sum, index) => sum + index, 0) / indices.length;
}

function noisy(images: Float32Array, amount: number): Float32Array {
  const stream = new RandomStream(5, 5);
  return images.map((value) => value + amount * stream.normal());
}

describe('structuralSimilarities', () => {
  it('agrees with the definition of the paper', () => {
    const [a, b] = [randomImages(14 * 17, 1), noisy(randomImages(14 * 17, 1), 0.2)];
    expectClose(structuralSimilarities(a, b, { height: 14, width: 17 }), [similarity(a, b, 14, 17)], 1e-10);
  });

  it('is 1 for identical images, symmetric, and at most 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 11, max: 16 }),
        fc.integer({ min: 11, max: 16 }),
        fc.nat(1000),
        (height, width, seed) => {
          const [a, b] = [randomImages(2 * height * width, seed), randomImages(2 * height * width, seed + 1)];
          const shape = { height, width };
          expect(Array.from(structuralSimilarities(a, a, shape))).toEqual([1, 1]);
          const forward = structuralSimilarities(a, b, shape);
          expect(forward).toEqual(structuralSimilarities(b, a, shape));
          expect(Math.max(...forward)).toBeLessThan(1);
          expect(Math.min(...forward)).toBeGreaterThanOrEqual(-1);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('falls as noise is added', () => {
    const image = randomImages(28 * 28).map((_, index) =>
      Math.hypot(Math.floor(index / 28) - 14, (index % 28) - 14) < 9 ? 0.8 : 0,
    );
    const found = [0.01, 0.05, 0.1, 0.3].map(
      (amount) => structuralSimilarities(image, noisy(image, amount), { height: 28, width: 28 })[0],
    );
    expect(found).toEqual([...found].sort((a, b) => b - a));
    expect(found[0]).toBeGreaterThan(0.9);
    expect(found[3]).toBeLessThan(0.5);
  });

  it('is the mean over the channels, which are innermost in memory', () => {
    const planes = [1, 2, 3].map((seed) => randomImages(12 * 13, seed));
    const others = [4, 5, 6].map((seed) => randomImages(12 * 13, seed));
    const interleave = (channels: Float32Array[]) =>
      Float32Array.from({ length: 3 * 12 * 13 }, (_, index) => channels[index % 3][Math.floor(index / 3)]);
    const shape = { height: 12, width: 13 };
    const apart = planes.map((plane, channel) => structuralSimilarities(plane, others[channel], shape)[0]);
    expectClose(
      structuralSimilarities(interleave(planes), interleave(others), { ...shape, channels: 3 }),
      [apart.reduce((sum, index) => sum + index, 0) / 3],
      1e-12,
    );
  });

  it('is the same in other units if the data range is given in them', () => {
    const [a, b] = [randomImages(11 * 11, 1), randomImages(11 * 11, 2)];
    const scaled = (images: Float32Array) => images.map((value) => 256 * value);
    expectClose(
      structuralSimilarities(scaled(a), scaled(b), { height: 11, width: 11, dataRange: 256 }),
      structuralSimilarities(a, b, { height: 11, width: 11 }),
      1e-12,
    );
  });

  it.each([
    ['an image smaller than the window', { height: 8, width: 8 }, /window is 11x11 but the images are 8x8/],
    ['an even window', { height: 8, width: 8, windowSize: 6 }, /odd windowSize/],
    ['a width of zero', { height: 8, width: 0 }, /width is 0/],
    ['a sigma of zero', { height: 16, width: 16, sigma: 0 }, /sigma is 0/],
  ])('rejects %s', (_, options, message) => {
    const images = new Float32Array(256);
    expect(() => structuralSimilarities(images, images, options)).toThrow(message);
  });
});
