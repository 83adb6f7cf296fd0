import { inflateInPieces } from './inflate.js';
import type { TurboJpeg } from './jpeg/turbo.js';
import { crc32 } from './png/crc.js';

/** What decoders are made of, where a platform has something faster of its own. */
export interface Codecs {
  /** The decoder of JPEG. */
  turbo(): TurboJpeg;
  /**
   * Inflates zlib data.
   *
   * @param length bytes that are wanted: no more are made, and fewer mean that the data end early
   * @throws any error if the data are damaged, or far too many
   */
  inflate(parts: readonly Uint8Array[], length: number): Uint8Array;
  /** CRC-32 of bytes from `from` to below `to`. */
  crc32(bytes: Uint8Array, from: number, to: number): number;
}

/** Those that need nothing but JavaScript, but for the decoder of JPEG. */
export const portableCodecs = (turbo: () => TurboJpeg): Codecs => ({ turbo, inflate: inflateInPieces, crc32 });
