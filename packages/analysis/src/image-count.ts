import { requireNumbers } from './require-numbers.js';
import { shown } from './shown.js';

/**
 * Takes two arrays that hold the same number of images of the same size.
 *
 * @param caller          name of the calling function, for the message
 * @param images          n x imageSize values
 * @param reconstructions n x imageSize values
 * @param imageSize       values per image (height x width x channels)
 * @returns the values of both by index, and n
 * @throws TypeError if one of the two is no array of numbers; RangeError if the image size is not a positive integer, the
 * lengths differ, or are no multiple of it
 */
export function requireImages(
  caller: string,
  images: ArrayLike<number>,
  reconstructions: ArrayLike<number>,
  imageSize: number,
): [ArrayLike<number>, ArrayLike<number>, number] {
  const first = requireNumbers(caller, 'the images', images);
  const second = requireNumbers(caller, 'the reconstructions', reconstructions);
  if (!Number.isInteger(imageSize) || imageSize < 1) {
    throw new RangeError(
      `${caller}: the image size is ${shown(imageSize)}, expected a positive integer: height x width x channels.`,
    );
  }
  if (first.length !== second.length) {
    throw new RangeError(
      `${caller}: the images hold ${first.length} values but the reconstructions ${second.length}. Give one reconstruction for each image.`,
    );
  }
  if (first.length % imageSize !== 0) {
    throw new RangeError(
      `${caller}: ${first.length} values are no whole number of images of ${imageSize} values. Check the image size.`,
    );
  }
  return [first, second, first.length / imageSize];
}
