import { ImageError } from './errors.js';
import { decodeJpeg } from './jpeg/decode.js';
import { readJpegSegments } from './jpeg/segments.js';
import type { TurboJpeg } from './jpeg/turbo.js';
import { checkSize } from './limits.js';
import type { DecodedPicture, PictureHeader, PictureLimits } from './picture.js';
import { readPngChunks } from './png/chunks.js';
import { decodePng } from './png/decode.js';
import { sniff } from './sniff.js';
import { decodeTiff } from './tiff/decode.js';
import { readTiff } from './tiff/read.js';

/** Readers of formats: first what a file says of itself, then its pixels. */
const READERS = {
  png: (bytes: Uint8Array) => {
    const chunks = readPngChunks(bytes);
    return { header: chunks.header, decode: () => decodePng(chunks) };
  },
  jpeg: (bytes: Uint8Array) => {
    const segments = readJpegSegments(bytes);
    return { header: segments.header, decode: (turbo: () => TurboJpeg) => decodeJpeg(segments, turbo()) };
  },
  tiff: (bytes: Uint8Array) => {
    const tiff = readTiff(bytes);
    return { header: tiff.header, decode: () => decodeTiff(tiff) };
  },
} as const;

/** As `decodeImage` does, where the caller brings the decoder of JPEG. */
export function decodeWith(turbo: () => TurboJpeg, bytes: Uint8Array, limits: PictureLimits = {}): DecodedPicture {
  const { header, decode } = read(bytes);
  checkSize(header, limits);
  return decode(turbo);
}

/**
 * What a PNG, JPEG or TIFF file says of its picture. No pixel is decoded, so that a folder of pictures can be looked
 * through quickly. The size is checked for being a size, not against a limit.
 *
 * @param bytes the whole file
 * @throws ImageError if the file is none that `decodeImage` reads, as far as its headers show
 * @example
 * ```ts
 * const { format, width, height, channels, depth } = imageHeader(readFileSync('picture.jpg'));
 * ```
 */
export function imageHeader(bytes: Uint8Array): PictureHeader {
  const { header } = read(bytes);
  checkSize(header, { maxPixels: Number.MAX_VALUE });
  return header;
}

function read(bytes: Uint8Array): { header: PictureHeader; decode(turbo: () => TurboJpeg): DecodedPicture } {
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw new TypeError(`The file's content is a ${typeof bytes}, expected its bytes, a Uint8Array.`);
  }
  if (bytes.length === 0) throw new ImageError('empty', 'The file is empty.');
  return READERS[sniff(bytes)](bytes);
}
