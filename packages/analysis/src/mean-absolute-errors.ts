import { requireImages } from './image-count.js';

/**
 * Mean absolute error of each image.
 *
 * @param images          originals, n x imageSize values, any unit u
 * @param reconstructions what to compare with, same shape and unit
 * @param imageSize       values per image (height x width x channels)
 * @returns for each image the mean over its values of the absolute difference, length n, unit u; summed in float64
 * @throws TypeError if one of the two is no array of numbers; RangeError if the lengths differ or are no multiple of imageSize
 * @example
 * meanAbsoluteErrors([0, 0, 1, 1], [0, 1, 1, 1], 2); // [0.5, 0]; two images of two values
 */
export function meanAbsoluteErrors(
  images: ArrayLike<number>,
  reconstructions: ArrayLike<number>,
  imageSize: number,
): Float64Array {
  const [first, second, count] = requireImages('meanAbsoluteErrors', images, reconstructions, imageSize);
  const errors = new Float64Array(count);
  for (let image = 0; image < errors.length; image++) {
    let sum = 0;
    for (let index = image * imageSize; index < (image + 1) * imageSize; index++) {
      sum += Math.abs(first[index] - second[index]);
    }
    errors[image] = sum / imageSize;
  }
  return errors;
}
