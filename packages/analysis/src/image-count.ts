/**
 * Number of images in two arrays that hold the same number of images of the same size.
 *
 * @param caller    name of the calling function, for the message
 * @param images    n x imageSize values
 * @param others    n x imageSize values
 * @param imageSize values per image (height x width x channels)
 * @returns n
 * @throws RangeError if the image size is not a positive integer, the lengths differ, or are no multiple of it
 */
export function imageCount(caller: string, images: Float32Array, others: Float32Array, imageSize: number): number {
  if (!Number.isInteger(imageSize) || imageSize < 1) {
    throw new RangeError(
      `${caller}: the image size is ${imageSize}, expected a positive integer: height x width x channels.`,
    );
  }
  if (images.length !== others.length) {
    throw new RangeError(
      `${caller}: the images hold ${images.length} values but the reconstructions ${others.length}. Give one reconstruction for each image.`,
    );
  }
  if (images.length % imageSize !== 0) {
    throw new RangeError(
      `${caller}: ${images.length} values are no whole number of images of ${imageSize} values. Check the image size.`,
    );
  }
  return images.length / imageSize;
}
