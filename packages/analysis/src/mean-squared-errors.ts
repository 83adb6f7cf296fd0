import { imageCount } from './image-count.js';

/**
 * Mean squared error of each image.
 *
 * @param images          originals, n x imageSize values, any unit u
 * @param reconstructions what to compare with, same shape and unit
 * @param imageSize       values per image (height x width x channels)
 * @returns for each image the mean over its values of the squared difference, length n, unit u²; summed in float64
 * @throws RangeError if the lengths differ or are no multiple of imageSize
 */
export function meanSquaredErrors(
  images: Float32Array,
  reconstructions: Float32Array,
  imageSize: number,
): Float64Array {
  const errors = new Float64Array(imageCount('meanSquaredErrors', images, reconstructions, imageSize));
  for (let image = 0; image < errors.length; image++) {
    let sum = 0;
    for (let index = image * imageSize; index < (image + 1) * imageSize; index++) {
      const difference = images[index] - reconstructions[index];
      sum += difference * difference;
    }
    errors[image] = sum / imageSize;
  }
  return errors;
}
