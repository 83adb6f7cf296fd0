import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { BaseModel } from '@weft/nn';

/**
 * A number that tells whether weights are the same to the bit: SHA-256 of all weights and moving averages, as
 * little-endian float32, in the order of their paths, one model after another.
 *
 * @returns 64 hexadecimal digits
 * @example
 * console.log(weightsSha256(model)); // the same for any number of threads
 */
export function weightsSha256(...models: readonly BaseModel[]): string {
  const hash = createHash('sha256');
  for (const { data } of models.flatMap(({ weights }) => [...weights].sort((a, b) => (a.path < b.path ? -1 : 1)))) {
    const bytes = Buffer.from(Float32Array.from(data).buffer);
    hash.update(endianness() === 'LE' ? bytes : bytes.swap32());
  }
  return hash.digest('hex');
}
