import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameBits } from './same-bits.js';

const bytesOf = (words: readonly number[]) => new Uint8Array(Uint32Array.from(words).buffer);

it('numbers are the same if their bits are, but for those of NaNs', () => {
  const word = fc.oneof(
    fc.nat(2 ** 32 - 1),
    fc.constantFrom(0x7fc00000, 0xffc00001, 0x7f800000, 0xff800000, 0, 2 ** 31),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.nat(), word, (words, at, other) => {
      const changed = words.map((before, index) => (index === at % words.length ? other : before));
      const [before, after] = [words, changed].map((list) => new Float32Array(Uint32Array.from(list).buffer));
      const areSame = before.every((x, i) => Object.is(x, after[i]));
      expect(sameBits(bytesOf(words), bytesOf(changed), true)).toBe(areSame);
      expect(sameBits(bytesOf(words), bytesOf(changed), false)).toBe(words[at % words.length] === other);
    }),
  );
});
