import { ALIGNMENT } from '@weft/core/program';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedMemory } from './memory.js';

describe('SharedMemory', () => {
  it('hands out room that is aligned, inside of the memory, and overlaps with no other', () => {
    const memory = new SharedMemory();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        const mark = memory.mark();
        const rooms = lengths.map((bytes) => ({ bytes, address: memory.allocate(bytes) }));
        rooms.forEach(({ address, bytes }, index) => {
          expect(address % ALIGNMENT).toBe(0);
          expect(address).toBeGreaterThan(0);
          expect(address + bytes).toBeLessThanOrEqual(memory.memory.buffer.byteLength);
          for (const other of rooms.slice(index + 1)) expect(other.address).toBeGreaterThanOrEqual(address + bytes);
        });
        memory.release(mark);
      }),
    );
  });

  it('keeps views valid when it grows: old and new ones show the same numbers', () => {
    const memory = new SharedMemory();
    const { address, array } = memory.float32(5);
    array.set([1, 2, 3, 4, 5]);
    const before = memory.memory.buffer.byteLength;
    const { array: words } = memory.uint32(2 ** 20);
    expect(memory.memory.buffer.byteLength).toBeGreaterThan(before);
    expect([...array]).toEqual([1, 2, 3, 4, 5]);
    array[2] = 30;
    expect([...new Float32Array(memory.memory.buffer, address, 5)]).toEqual([1, 2, 30, 4, 5]);
    expect(words.every((word) => word === 0)).toBe(true);
  });

  it('gives back what was reserved since a mark, and nothing else', () => {
    const memory = new SharedMemory();
    const kept = memory.float32(3);
    kept.array.fill(7);
    const mark = memory.mark();
    const address = memory.allocate(1000);
    memory.allocate(1000);
    memory.release(mark);
    expect(memory.allocate(10)).toBe(address);
    expect([...kept.array]).toEqual([7, 7, 7]);
  });

  it('says how much is missing when there is no room, and goes on as before', () => {
    const memory = new SharedMemory();
    const mark = memory.mark();
    expect(() => memory.allocate(5 * 2 ** 30)).toThrow(
      /512[01] MiB of shared memory are needed.*one WebAssembly memory holds 4096 MiB. Use a smaller model/,
    );
    expect(memory.mark()).toBe(mark);
    expect(memory.allocate(64)).toBe(mark);
  });
});
