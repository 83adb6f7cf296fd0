import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { decodeWith } from './pictures/decode.js';
import { TurboJpeg } from './pictures/jpeg/turbo.js';
import type { DecodedPicture, PictureLimits } from './pictures/picture.js';

const require = createRequire(import.meta.url);
let turbo: TurboJpeg | undefined;

/** The decoder of JPEG, compiled once a thread. */
function installedTurbo(): TurboJpeg {
  if (turbo) return turbo;
  turbo = new TurboJpeg(new WebAssembly.Module(readFileSync(require.resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm'))));
  return turbo;
}

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
 * ```ts
 * const { width, height, channels, data } = decodeImage(readFileSync('picture.png'));
 * ```
 */
export function decodeImage(bytes: Uint8Array, limits?: PictureLimits): DecodedPicture {
  return decodeWith(installedTurbo, bytes, limits);
}
