import { meanSquaredErrors } from './mean-squared-errors.js';

/**
 * Peak signal-to-noise ratio of each image: 10 log10(peak² / mean squared error).
 *
 * @param images          originals, n x imageSize values
 * @param reconstructions what to compare with, same shape
 * @param imageSize       values per image (height x width x channels)
 * @param peak            largest value a pixel can have; default 1
 * @returns ratio of each image in decibels, length n; Infinity where the two images are identical
 * @throws RangeError if the lengths differ or are no multiple of imageSize, or the peak is not positive
 */
export function peakSignalToNoiseRatios(
  images: Float32Array,
  reconstructions: Float32Array,
  imageSize: number,
  peak = 1,
): Float64Array {
  if (!(peak > 0 && peak < Infinity)) {
    throw new RangeError(
      `peakSignalToNoiseRatios: the peak is ${peak}, expected a positive number: the largest value a pixel can have.`,
    );
  }
  return meanSquaredErrors(images, reconstructions, imageSize).map((error) => 10 * Math.log10((peak * peak) / error));
}
