import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutIntoChunks, Reassembly } from './chunks.js';
import { MessageError } from './message-error.js';

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31 + length) % 251);

describe('chunks', () => {
  it('of several messages give them back, in any order and with duplicates', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 8000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1024, max: 2048 }),
        fc.infiniteStream(fc.nat()),
        (lengths, maximumBytes, ranks) => {
          const rank = () => ranks.next().value;
          const sent = lengths.map(bytesOf);
          const chunks = sent
            .flatMap((message) => [...cutIntoChunks(message, maximumBytes)])
            .flatMap((chunk) => [chunk, ...(chunk.length > 0 && chunk[0] === 0x57 && rank() % 3 === 0 ? [chunk] : [])])
            .map((chunk) => ({ chunk, at: rank() }))
            .sort((one, other) => one.at - other.at);
          for (const { chunk } of chunks) expect(chunk.length).toBeLessThanOrEqual(maximumBytes);
          const reassembly = new Reassembly();
          const got = chunks.flatMap(({ chunk }) => reassembly.accept(chunk) ?? []);
          const texts = (all: readonly Uint8Array[]) => all.map((each) => each.join()).sort();
          expect(texts(got)).toEqual(texts(sent));
          expect(reassembly.openBytes).toBe(0);
        },
      ),
    );
  });

  it('are refused when any bit was changed, and harm no message', () => {
    const [first, ...others] = cutIntoChunks(bytesOf(3000), 1024);
    const reassembly = new Reassembly();
    // The four bytes of the beginning say that it is a chunk.
    for (let bit = 32; bit < 8 * first.length; bit++) {
      const changed = first.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(() => reassembly.accept(changed)).toThrow(MessageError);
    }
    expect([first, ...others].map((chunk) => reassembly.accept(chunk)).at(-1)).toEqual(bytesOf(3000));
  });

  it('of messages that never end are dropped, oldest first, within the bounds', () => {
    const reassembly = new Reassembly({ mostBytes: 10_000, mostOpen: 4 });
    const all = Array.from({ length: 6 }, () => [...cutIntoChunks(bytesOf(3000), 1024)]);
    for (const [first] of all) {
      expect(reassembly.accept(first)).toBeUndefined();
      expect(reassembly.openBytes).toBeLessThanOrEqual(4 * 1024);
    }
    expect(reassembly.dropped).toBe(2);
    const ends = (at: number) =>
      all[at]
        .slice(1)
        .map((chunk) => reassembly.accept(chunk))
        .at(-1);
    expect(ends(5)).toEqual(bytesOf(3000));
    expect(ends(0)).toBeUndefined();
  });

  it('hold no more bytes than they may', () => {
    const reassembly = new Reassembly({ mostBytes: 5000 });
    for (let message = 0; message < 20; message++) {
      for (const chunk of [...cutIntoChunks(bytesOf(4000), 1024)].slice(1)) {
        reassembly.accept(chunk);
        expect(reassembly.openBytes).toBeLessThanOrEqual(5000);
      }
    }
    expect(() => reassembly.accept(bytesOf(5001))).toThrow('A message has 5001 bytes, expected at most 5000');
    expect(() => reassembly.accept([...cutIntoChunks(bytesOf(5001), 1024)][0])).toThrow('expected at most 5000');
  });

  it('fit no bus that carries too little', () => {
    expect(() => [...cutIntoChunks(bytesOf(10), 1000)]).toThrow('maximumBytes: got 1000, expected at least 1024');
  });
});
