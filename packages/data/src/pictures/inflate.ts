import { Unzlib } from 'fflate';
import { ImageError } from './errors.js';

/** No byte of deflate becomes more than so many (RFC 1951: 258 bytes for 2 bits). */
const MOST_INFLATION = 1032;
const LEAST_PIECE = 1024;

/**
 * Inflates zlib data of which the length is known, and makes no more than that: what is compressed is handed over in
 * pieces, none of which can become much more than `length`.
 *
 * @param parts  the compressed data, one after the other
 * @param length bytes that they must inflate to; what comes after these is not looked at
 * @param what   the file's format, for errors
 * @throws ImageError if the data are damaged or too few
 */
export function inflateTo(parts: readonly Uint8Array[], length: number, what: string): Uint8Array {
  const early = (of: number) =>
    new ImageError('truncated', `This ${what} ends early: its data give ${of} bytes of pixels, expected ${length}.`);
  const compressed = parts.reduce((sum, part) => sum + part.length, 0);
  if (compressed * MOST_INFLATION < length) throw early(compressed * MOST_INFLATION);
  const inflated = new Uint8Array(length);
  let done = 0;
  const stream = new Unzlib((piece) => {
    inflated.set(piece.length > length - done ? piece.subarray(0, length - done) : piece, done);
    done = Math.min(length, done + piece.length);
  });
  const pieceLength = Math.max(LEAST_PIECE, Math.min(65536, Math.ceil(length / MOST_INFLATION)));
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length && done < length; at += pieceLength) {
        stream.push(part.subarray(at, at + pieceLength), false);
      }
    }
  } catch (cause) {
    throw new ImageError('damaged', `This ${what} is damaged: its compressed data do not inflate.`, { cause });
  }
  if (done < length) throw early(done);
  return inflated;
}
