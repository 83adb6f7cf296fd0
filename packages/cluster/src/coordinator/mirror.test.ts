import { SharedMemory } from '@weft/train/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LOWEST } from '../job/bounds.js';
import type { Range } from '../job/job.js';
import type { Piece } from '../machine/round.js';
import { complement, Mirror } from './mirror.js';

const TOP = 40_000;
const range = fc.record({
  address: fc.integer({ min: 0, max: TOP / 4 }).map((word) => 4 * word),
  bytes: fc.integer({ min: 1, max: 2250 }).map((words) => 4 * words),
});
const ranges = fc.array(range, { maxLength: 4 });
const writes = fc.array(fc.record({ at: fc.nat(TOP - 1), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 30 });

function apply(memory: Uint8Array, pieces: readonly Piece[]): void {
  for (const { address, bytes } of pieces) memory.set(bytes, address);
}

const isLeft = (left: readonly Range[], at: number) =>
  left.some(({ address, bytes }) => at >= address && at < address + bytes);

test('the complement of ranges and the ranges cover each byte below the top, and it covers none of theirs', () => {
  fc.assert(
    fc.property(ranges, (left) => {
      const rest = complement(TOP, left);
      const covered = new Uint8Array(TOP);
      for (const { address, bytes } of rest) {
        for (let at = address; at < address + bytes; at++) covered[at]++;
      }
      const expected = covered.map((_, at) => (isLeft(left, at) ? 0 : 1));
      expect(Buffer.compare(covered, expected)).toBe(0);
    }),
  );
});

test('members that get changes, and newcomers that get all, have what the coordinator has', () => {
  fc.assert(
    fc.property(ranges, fc.array(writes, { minLength: 1, maxLength: 4 }), writes, (left, calls, computed) => {
      const shared = new SharedMemory(16);
      shared.allocate(TOP);
      const memory = new Uint8Array(shared.memory.buffer);
      const mirror = new Mirror(shared.memory);
      const member = new Uint8Array(TOP);
      mirror.lay('1', TOP, left);
      for (const each of calls) {
        for (const { at, value } of each) memory[at] = value;
        apply(member, mirror.changes());
        // What steps change comes back.
        const pieces = computed.map(({ at, value }) => ({ address: at, bytes: Uint8Array.of(value) }));
        apply(member, pieces);
        mirror.write(pieces);
      }
      const newcomer = new Uint8Array(TOP);
      apply(newcomer, mirror.whole());
      for (let at = 0; at < TOP; at++) {
        if (at < LOWEST || isLeft(left, at)) continue;
        if (member[at] !== memory[at] || newcomer[at] !== memory[at]) throw new Error(`They differ at ${at}.`);
      }
      expect(mirror.changes()).toEqual([]);
    }),
  );
});

test('within a session what workers have is known when memory is added; another session begins with zeros', () => {
  const shared = new SharedMemory(16);
  shared.allocate(TOP);
  const memory = new Uint8Array(shared.memory.buffer);
  const mirror = new Mirror(shared.memory);
  mirror.lay('1', 10_000, []);
  memory[5000] = 1;
  memory[15_000] = 2;
  const bytesOf = (pieces: readonly Piece[]) => pieces.flatMap(({ bytes }) => [...bytes]).filter((byte) => byte > 0);
  expect(bytesOf(mirror.changes())).toEqual([1]);
  mirror.lay('1', 20_000, [{ address: 100, bytes: 100 }]);
  expect(bytesOf(mirror.changes())).toEqual([2]);
  mirror.lay('2', 20_000, []);
  expect(bytesOf(mirror.changes())).toEqual([1, 2]);
});

test('the control words of pools stay their own', () => {
  const shared = new SharedMemory(16);
  shared.allocate(TOP);
  const memory = new Uint8Array(shared.memory.buffer);
  const mirror = new Mirror(shared.memory);
  mirror.lay('1', TOP, []);
  memory.fill(7, 0, LOWEST);
  expect(mirror.changes()).toEqual([]);
  mirror.write([{ address: LOWEST - 4, bytes: Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2) }]);
  expect([...memory.subarray(LOWEST - 4, LOWEST + 4)]).toEqual([7, 7, 7, 7, 2, 2, 2, 2]);
});
