import { encode } from 'fast-png';
import { checkPicture } from '../check-picture.js';
import type { Picture } from '../picture.js';

/**
 * Writes a picture as a PNG of the same values: grey, grey and alpha, RGB or RGBA, of 8 or 16 bits.
 *
 * @returns the file's bytes
 * @throws TypeError or RangeError if it is no picture
 * @example
 * const bytes = encodePng({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0, 255) });
 * bytes.subarray(1, 4); // [80, 78, 71]; the letters PNG
 */
export function encodePng(picture: Picture): Uint8Array {
  checkPicture('encodePng', picture);
  const { width, height, channels, depth, data } = picture;
  return encode({ width, height, channels, depth, data });
}
