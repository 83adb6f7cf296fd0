const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const MOST_CODES = 4096;

/** Two bytes of codes become at most so many: 12 bits for a string as long as the table. */
export const LZW_MOST_INFLATION = 4096;

/**
 * Decompresses LZW, as TIFF has it: codes of 9 to 12 bits, the highest bit first, a code earlier than GIF. A string of
 * the table is a piece of what was written, so no strings are copied into the table.
 *
 * @param to filled from its beginning; what comes after it is full is not looked at
 * @returns bytes that were written
 * @throws RangeError if there is a code that the table has not
 * @see TIFF 6.0, section 13
 */
export function decompressLzw(bytes: Uint8Array, to: Uint8Array): number {
  const begins = new Int32Array(MOST_CODES);
  const lengths = new Int32Array(MOST_CODES);
  let [free, width, written] = [FIRST_FREE, 9, 0];
  // Where the string before lies in what was written, and how long it is.
  let [before, beforeLength] = [0, 0];
  let [buffer, bits, at] = [0, 0, 0];
  while (written < to.length) {
    while (bits < width) {
      if (at === bytes.length) return written;
      buffer = ((buffer << 8) | bytes[at++]) & 0xffffff;
      bits += 8;
    }
    bits -= width;
    const code = (buffer >> bits) & ((1 << width) - 1);
    if (code === END) return written;
    if (code === CLEAR) {
      [free, width, beforeLength] = [FIRST_FREE, 9, 0];
      continue;
    }
    if (code >= FIRST_FREE && (code > free || (code === free && beforeLength === 0))) {
      throw new RangeError(`code ${code} of a table of ${free}`);
    }
    if (beforeLength > 0 && free < MOST_CODES) {
      begins[free] = before;
      lengths[free] = beforeLength + 1;
      free++;
    }
    const begin = written;
    if (code < CLEAR) to[written++] = code;
    else {
      if (code >= free) throw new RangeError(`code ${code} of a table of ${free}`);
      const end = Math.min(to.length, written + lengths[code]);
      for (let from = begins[code]; written < end; from++) to[written++] = to[from];
    }
    [before, beforeLength] = [begin, written - begin];
    if (free >= (1 << width) - 1 && width < 12) width++;
  }
  return written;
}
