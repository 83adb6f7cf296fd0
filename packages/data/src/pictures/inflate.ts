import { Unzlib } from 'fflate';
import type { Codecs } from './codecs.js';
import { ImageError } from './errors.js';

/** No byte of deflate becomes more than so many (RFC 1951: 258 bytes for 2 bits). */
const MOST_INFLATION = 1032;
/** Compressed bytes that are handed over at a time: more make less copying, and more that is too much. */
const pieceFor = (length: number) => Math.max(1024, Math.min(16384, length >> 6));
/** Bytes that come after what is expected, and are passed over as other readers do. */
const TOLERATED = 65536;

/**
 * Inflates zlib data of which the length is known, and checks it.
 *
 * @param parts  the compressed data, one after the other
 * @param length bytes that they must inflate to
 * @param what   the file's format, for errors
 * @throws ImageError if the data are damaged, too few or far too many
 */
export function inflateTo(
  parts: readonly Uint8Array[],
  length: number,
  { inflate }: Pick<Codecs, 'inflate'>,
  what: string,
): Uint8Array {
  const early = (of: number) =>
    new ImageError('truncated', `This ${what} ends early: its data give ${of} bytes of pixels, expected ${length}.`);
  const compressed = parts.reduce((sum, part) => sum + part.length, 0);
  if (compressed * MOST_INFLATION < length) throw early(compressed * MOST_INFLATION);
  let inflated: Uint8Array;
  try {
    inflated = inflate(parts, length);
  } catch (cause) {
    throw new ImageError('damaged', `This ${what} is damaged: its compressed data do not inflate.`, { cause });
  }
  if (inflated.length < length) throw early(inflated.length);
  return inflated;
}

/**
 * Inflates zlib data up to a length. What is compressed is handed over in pieces, none of which can become more than
 * 1 MB or, for large pictures, 17 MB, and the first that gives far too much is the last.
 *
 * @throws any error if the data are damaged or far too many
 */
export function inflateInPieces(parts: readonly Uint8Array[], length: number): Uint8Array {
  const inflated = new Uint8Array(length);
  let [done, surplus] = [0, 0];
  const stream = new Unzlib((piece) => {
    surplus = done + piece.length - length;
    inflated.set(surplus > 0 ? piece.subarray(0, length - done) : piece, done);
    done = Math.min(length, done + piece.length);
  });
  const pieceLength = pieceFor(length);
  for (const part of parts) {
    for (let at = 0; at < part.length && done < length; at += pieceLength) {
      stream.push(part.subarray(at, at + pieceLength), false);
    }
  }
  if (surplus > length + TOLERATED) throw new RangeError(`${surplus} bytes more than ${length}`);
  return done === length ? inflated : inflated.subarray(0, done);
}
