import { readDirectory, readTiffHead } from '../tiff/directory.js';

const ORIENTATION = 0x0112;

/**
 * The orientation that an APP1 segment states.
 *
 * @param content the segment without its marker and length
 * @returns 1 to 8; 1 if it states none, or is damaged: then the pixels are all the same what they are
 */
export function exifOrientation(content: Uint8Array): number {
  if (String.fromCharCode(...content.subarray(0, 6)) !== 'Exif\0\0') return 1;
  try {
    const tiff = readTiffHead(content.subarray(6));
    const [value] = readDirectory(tiff, tiff.first).numbers(ORIENTATION) ?? [];
    return value >= 1 && value <= 8 ? value : 1;
  } catch {
    return 1;
  }
}
