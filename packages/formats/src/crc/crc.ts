/** Remainders of all bytes; the polynomial is given by its bits in reverse order. */
function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
}

const checksum = (polynomial: number) => {
  let table: Uint32Array | undefined;
  return (bytes: Uint8Array): number => {
    table ??= tableOf(polynomial);
    let rest = 0xffffffff;
    for (const byte of bytes) rest = (rest >>> 8) ^ table[(rest ^ byte) & 255];
    return ~rest >>> 0;
  };
};

/** CRC-32 of bytes, as zip has it. */
export const crc32 = checksum(0xedb88320);

/** CRC-32C (Castagnoli) of bytes, as TFRecord has it. */
export const crc32c = checksum(0x82f63b78);
