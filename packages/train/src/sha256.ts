import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/**
 * The SHA-256 of bytes, in hexadecimal digits.
 *
 * @example
 * sha256Hex(new Uint8Array()).slice(0, 8); // 'e3b0c442'
 */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
