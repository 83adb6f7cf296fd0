/**
 * Values of 1, 2 or 4 bits, each in a byte of its own. Rows begin with a byte.
 *
 * @param rowLength values of a row
 */
export function unpackBits(packed: Uint8Array, rowLength: number, bits: number): Uint8Array {
  const rowBytes = Math.ceil((rowLength * bits) / 8);
  const rows = Math.floor(packed.length / rowBytes);
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const values = new Uint8Array(rows * rowLength);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < rowLength; i++) {
      const byte = packed[row * rowBytes + Math.floor(i / perByte)];
      values[row * rowLength + i] = (byte >> (8 - bits - bits * (i % perByte))) & mask;
    }
  }
  return values;
}
