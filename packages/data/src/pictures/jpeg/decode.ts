import type { Codecs } from '../codecs.js';
import { upright } from '../orientation.js';
import type { DecodedPicture } from '../picture.js';
import { checkAmount, type JpegSegments } from './segments.js';

/**
 * Decodes the pixels of a JPEG and turns them upright.
 *
 * @throws ImageError if they are damaged or too few
 */
export function decodeJpeg(segments: JpegSegments, { turbo }: Codecs): DecodedPicture {
  checkAmount(segments);
  const { header, stored, pieces } = segments;
  const { width, height } = stored;
  const channels = header.channels as 1 | 3;
  const data = turbo().decode(pieces, { width, height }, channels);
  return upright({ format: 'jpeg', width, height, channels, depth: 8, data }, header.orientation);
}
