import type { Range } from '../job/job.js';

/** A memory in which ranges are read and written. */
export interface Bytes {
  readonly buffer: ArrayBufferLike;
}

/** Some ranges, one after another: a copy, or the memory's own bytes if there is one range only. */
export function gathered({ buffer }: Bytes, ranges: readonly Range[]): Uint8Array {
  if (ranges.length === 1) return new Uint8Array(buffer, ranges[0].address, ranges[0].bytes);
  const copy = new Uint8Array(ranges.reduce((sum, { bytes }) => sum + bytes, 0));
  let at = 0;
  for (const { address, bytes } of ranges) {
    copy.set(new Uint8Array(buffer, address, bytes), at);
    at += bytes;
  }
  return copy;
}

/** Writes what `gathered` gave. */
export function scatter({ buffer }: Bytes, ranges: readonly Range[], content: Uint8Array): void {
  let at = 0;
  for (const { address, bytes } of ranges) {
    new Uint8Array(buffer, address, bytes).set(content.subarray(at, at + bytes));
    at += bytes;
  }
}

/** Numbers that bytes hold. They are copied if they do not lie as numbers must. */
export function asNumbers(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = byteOffsetOf(bytes) ? bytes.slice() : bytes;
  return new Float32Array(buffer, byteOffset, length / 4);
}

const byteOffsetOf = ({ byteOffset }: Uint8Array) => byteOffset % 4;
