import type { BaseModel } from '@weft/nn';
import { sha256Hex, weightBytes } from '@weft/train/runtime';

/**
 * A number that tells whether weights are the same to the bit, as Node's `weightsSha256` gives it: SHA-256 of all weights
 * and moving averages, as little-endian float32, in the order of their paths, one model after another.
 *
 * @returns 64 hexadecimal digits
 * @example
 * const model = new Sequential([new Dense({ units: 1, kernelInitializer: 'ones' })], { inputShape: [2] });
 * weightsSha256(model).slice(0, 8); // '5fafa145'; the same everywhere
 */
export function weightsSha256(...models: readonly BaseModel[]): string {
  return sha256Hex(weightBytes(models));
}
