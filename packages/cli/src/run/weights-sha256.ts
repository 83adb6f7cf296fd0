import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { Sequential } from '@weft/nn';

/** SHA-256 over the bytes of all weights (float32, little-endian) in the order of their names, in hexadecimal. */
export function weightsSha256(model: Sequential): string {
  const hash = createHash('sha256');
  const byName = [...model.parameters].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { data } of byName) {
    const bytes = Buffer.from(Float32Array.from(data).buffer);
    hash.update(endianness() === 'LE' ? bytes : bytes.swap32());
  }
  return hash.digest('hex');
}
