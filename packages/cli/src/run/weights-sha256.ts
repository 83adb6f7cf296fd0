import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { BaseModel } from '@weft/nn';

/** SHA-256 over the bytes of all weights (float32, little-endian) in the order of their paths, in hexadecimal. */
export function weightsSha256(model: BaseModel): string {
  const hash = createHash('sha256');
  const byPath = [...model.weights].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { data } of byPath) {
    const bytes = Buffer.from(Float32Array.from(data).buffer);
    hash.update(endianness() === 'LE' ? bytes : bytes.swap32());
  }
  return hash.digest('hex');
}
