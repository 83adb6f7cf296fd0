import { describe, expect, it } from 'vitest';
import { expectClose } from '../test/golden.js';
import { randomImages } from '../test/samples.js';
import { meanSquaredErrors } from './mean-squared-errors.js';

describe('meanSquaredErrors', () => {
  it('is the mean of the squares, image by image', () => {
    const errors = meanSquaredErrors(Float32Array.of(0, 1, 2, 2), Float32Array.of(1, 4, 2, 4), 2);
    expect(Array.from(errors)).toEqual([5, 2]);
  });

  it('grows with the square of the difference', () => {
    const images = randomImages(60);
    const nearer = images.map((value, index) => value + (index % 3) / 8);
    const farther = images.map((value, index) => value + (index % 3) / 4);
    expectClose(
      meanSquaredErrors(images, farther, 12),
      meanSquaredErrors(images, nearer, 12).map((error) => 4 * error),
      1e-6,
    );
  });

  it.each([
    ['lengths that differ', 8, 4, 2, /8 values but the reconstructions 4/],
    ['part of an image', 5, 5, 2, /5 values are no whole number/],
    ['an image size of zero', 4, 4, 0, /image size is 0/],
  ])('rejects %s', (_, left, right, size, message) => {
    const call = () => meanSquaredErrors(new Float32Array(left), new Float32Array(right), size);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
