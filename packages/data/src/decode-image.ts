import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { crc32, inflateSync } from 'node:zlib';
import type { Codecs } from './pictures/codecs.js';
import { decodeWith } from './pictures/decode.js';
import { inflateInPieces } from './pictures/inflate.js';
import { TurboJpeg } from './pictures/jpeg/turbo.js';
import type { DecodedPicture, PictureLimits } from './pictures/picture.js';

const require = createRequire(import.meta.url);
let turbo: TurboJpeg | undefined;

/** The codecs of Node, which are faster. They give the same. */
const CODECS: Codecs = {
  // Compiled once a thread.
  turbo() {
    turbo ??= new TurboJpeg(new WebAssembly.Module(readFileSync(require.resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm'))));
    return turbo;
  },
  inflate(parts, length) {
    try {
      const compressed = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      // Room for a byte more, so that the end of the data is met in the first piece.
      const inflated = inflateSync(compressed, { maxOutputLength: length, chunkSize: Math.max(64, length + 1) });
      return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.length);
    } catch {
      // Data that are not quite right are read as far as they are everywhere.
      return inflateInPieces(parts, length);
    }
  },
  crc32: (bytes, from, to) => crc32(bytes.subarray(from, to)),
};

/**
 * Decodes a PNG, JPEG or TIFF file. Palettes are resolved, values of 1, 2 and 4 bits become 8, 16 bits stay, and the
 * orientation that JPEG and TIFF files state is applied. docs/PICTURES.md has a table of what is read.
 *
 * The size that the file states is checked before anything of that size is made.
 *
 * @param bytes  the whole file
 * @param limits the largest number of pixels, by default 100 million
 * @returns the picture, its pixels in the order row, column, channel
 * @throws ImageError if the file is not read: its code says why, and its message says it in a sentence
 * @example
 * const file = encodePng({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0, 255) });
 * const { format, width, data } = decodeImage(file); // the bytes of a PNG, JPEG or TIFF file
 * [format, width]; // ['png', 2]
 * data; // [0, 255]
 */
export function decodeImage(bytes: Uint8Array, limits?: PictureLimits): DecodedPicture {
  return decodeWith(CODECS, bytes, limits);
}
