import { createHash } from 'node:crypto';
import type { BaseModel } from '@weft/nn';
import { weightBytes } from '@weft/train/runtime';

/**
 * A number that tells whether weights are the same to the bit: SHA-256 of all weights and moving averages, as
 * little-endian float32, in the order of their paths, one model after another.
 *
 * @returns 64 hexadecimal digits
 * @example
 * console.log(weightsSha256(model)); // the same for any number of threads
 */
export function weightsSha256(...models: readonly BaseModel[]): string {
  return createHash('sha256').update(weightBytes(models)).digest('hex');
}
