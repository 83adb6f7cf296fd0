/** Two bytes become at most 128. */
export const PACK_BITS_MOST_INFLATION = 64;

/**
 * Decompresses PackBits: runs of equal bytes, and bytes as they are.
 *
 * @param to filled from its beginning; what comes after it is full is not looked at
 * @returns bytes that were written
 * @see TIFF 6.0, section 9
 */
export function decompressPackBits(bytes: Uint8Array, to: Uint8Array): number {
  let written = 0;
  for (let at = 0; at < bytes.length && written < to.length; ) {
    const head = bytes[at++];
    if (head === 128) continue;
    const length = Math.min(head < 128 ? head + 1 : 257 - head, to.length - written);
    if (head > 128) {
      if (at === bytes.length) break;
      to.fill(bytes[at++], written, written + length);
      written += length;
    } else {
      const literal = bytes.subarray(at, at + length);
      to.set(literal, written);
      written += literal.length;
      at += head + 1;
    }
  }
  return written;
}
