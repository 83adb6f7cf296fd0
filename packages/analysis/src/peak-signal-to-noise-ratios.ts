import { requireImages } from './image-count.js';
import { meanSquaredErrors } from './mean-squared-errors.js';
import { shown } from './shown.js';

/**
 * Peak signal-to-noise ratio of each image: 10 log10(peak² / mean squared error).
 *
 * @param images          originals, n x imageSize values
 * @param reconstructions what to compare with, same shape
 * @param imageSize       values per image (height x width x channels)
 * @param peak            largest value a pixel can have; default 1
 * @returns ratio of each image in decibels, length n; Infinity where the two images are identical
 * @throws TypeError if one of the two is no array of numbers; RangeError if the lengths differ or are no multiple of imageSize, or the peak is not positive
 * @example
 * peakSignalToNoiseRatios([0, 0, 1, 1], [0.1, 0.1, 1, 1], 2); // [20, Infinity]
 */
export function peakSignalToNoiseRatios(
  images: ArrayLike<number>,
  reconstructions: ArrayLike<number>,
  imageSize: number,
  peak = 1,
): Float64Array {
  const [first, second] = requireImages('peakSignalToNoiseRatios', images, reconstructions, imageSize);
  if (!(Number.isFinite(peak) && peak > 0)) {
    throw new RangeError(
      `peakSignalToNoiseRatios: the peak is ${shown(peak)}, expected a positive number: the largest value a pixel can have.`,
    );
  }
  return meanSquaredErrors(first, second, imageSize).map((error) => 10 * Math.log10((peak * peak) / error));
}
