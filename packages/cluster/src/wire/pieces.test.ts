import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageError } from './message-error.js';
import { decodePieces, encodePieces, groupPieces } from './pieces.js';

const piece = fc.record({ address: fc.integer({ min: 0, max: 2 ** 32 - 1 }), bytes: fc.uint8Array({ maxLength: 50 }) });

test('pieces come back as they were', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(decodePieces(encodePieces(pieces))).toEqual(pieces);
    }),
  );
});

test('groups hold all bytes at their addresses, each at most 8 MiB', () => {
  const bytes = new Uint8Array(20 * 2 ** 20).map((_, at) => at % 251);
  const groups = groupPieces([
    { address: 64, bytes: bytes.subarray(0, 100) },
    { address: 4096, bytes },
  ]);
  for (const group of groups) {
    expect(group.reduce((sum, each) => sum + each.bytes.length, 0)).toBeLessThanOrEqual(8 * 2 ** 20);
  }
  const memory = new Uint8Array(4096 + bytes.length);
  for (const each of groups.flat()) memory.set(each.bytes, each.address);
  expect(Buffer.compare(memory.subarray(4096), bytes)).toBe(0);
  expect(Buffer.compare(memory.subarray(64, 164), bytes.subarray(0, 100))).toBe(0);
  expect(groupPieces([])).toEqual([[]]);
});

test('bytes that are no pieces are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodePieces(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MessageError);
      }
    }),
  );
  expect(() => decodePieces(encodePieces([{ address: 0, bytes: new Uint8Array(9) }]).subarray(0, 20))).toThrow(
    MessageError,
  );
});
