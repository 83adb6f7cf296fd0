import { ImageError } from './errors.js';
import { MAX_PIXELS, type PictureHeader, type PictureLimits } from './picture.js';

/** @throws RangeError if the limit is no limit */
function maxPixelsOf({ maxPixels = MAX_PIXELS }: PictureLimits): number {
  if (typeof maxPixels === 'number' && maxPixels >= 1) return maxPixels;
  throw new RangeError(`maxPixels is ${maxPixels}, expected a number of pixels of at least 1.`);
}

/**
 * Checks the size that a header states, before anything of this size is made.
 *
 * @throws ImageError with code `size` or `too-large`
 */
export function checkSize({ width, height }: Pick<PictureHeader, 'width' | 'height'>, limits: PictureLimits): void {
  const most = maxPixelsOf(limits);
  if (width === 0 || height === 0)
    throw new ImageError('size', `The picture has no pixels: it is ${width} x ${height}.`);
  if (width * height <= most) return;
  const pixels = (width * height).toLocaleString('en-US');
  throw new ImageError(
    'too-large',
    `The picture is ${width} x ${height}, which is ${pixels} pixels; at most ${most.toLocaleString('en-US')} are read (maxPixels).`,
  );
}
