import type { Codecs } from './codecs.js';
import { ImageError } from './errors.js';
import { decodeJpeg } from './jpeg/decode.js';
import { readJpegSegments } from './jpeg/segments.js';
import { checkSize } from './limits.js';
import type { DecodedPicture, PictureFormat, PictureHeader, PictureLimits } from './picture.js';
import { readPngChunks } from './png/chunks.js';
import { crc32 } from './png/crc.js';
import { decodePng } from './png/decode.js';
import { sniff } from './sniff.js';
import { decodeTiff } from './tiff/decode.js';
import { readTiff } from './tiff/read.js';

/** A file whose headers were read. */
interface Opened {
  readonly header: PictureHeader;
  decode(codecs: Codecs): DecodedPicture;
}

/** Readers of formats: first what a file says of itself, then its pixels. */
const READERS: Readonly<Record<PictureFormat, (bytes: Uint8Array, codecs: Pick<Codecs, 'crc32'>) => Opened>> = {
  png: (bytes, codecs) => {
    const chunks = readPngChunks(bytes, codecs);
    return { header: chunks.header, decode: (all) => decodePng(chunks, all) };
  },
  jpeg: (bytes) => {
    const segments = readJpegSegments(bytes);
    return { header: segments.header, decode: (all) => decodeJpeg(segments, all) };
  },
  tiff: (bytes) => {
    const tiff = readTiff(bytes);
    return { header: tiff.header, decode: (all) => decodeTiff(tiff, all) };
  },
};

/** As `decodeImage` does, with the codecs of a platform. */
export function decodeWith(codecs: Codecs, bytes: Uint8Array, limits: PictureLimits = {}): DecodedPicture {
  const { header, decode } = open(bytes, codecs);
  checkSize(header, limits);
  return decode(codecs);
}

/**
 * What a PNG, JPEG or TIFF file says of its picture. No pixel is decoded, so that a folder of pictures can be looked
 * through quickly. The size is checked for being a size, not against a limit.
 *
 * @param bytes the whole file
 * @throws ImageError if the file is none that `decodeImage` reads, as far as its headers show
 * @example
 * const file = encodePng({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0, 255) });
 * const { format, width, height, orientation } = imageHeader(file);
 * [format, width, height, orientation]; // ['png', 2, 1, 1]
 */
export function imageHeader(bytes: Uint8Array): PictureHeader {
  const { header } = open(bytes, { crc32 });
  checkSize(header, { maxPixels: Number.MAX_VALUE });
  return header;
}

function open(bytes: Uint8Array, codecs: Pick<Codecs, 'crc32'>): Opened {
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw new TypeError(`The file's content is a ${typeof bytes}, expected its bytes, a Uint8Array.`);
  }
  if (bytes.length === 0) throw new ImageError('empty', 'The file is empty.');
  return READERS[sniff(bytes)](bytes, codecs);
}
