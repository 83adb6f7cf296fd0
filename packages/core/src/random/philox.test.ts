import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32 } from './philox.js';

const word = fc.integer({ min: 0, max: 0xffffffff });
const sixWords = fc.tuple(word, word, word, word, word, word);
type SixWords = [number, number, number, number, number, number];

/** The definition of Salmon et al. (2011) in arbitrary-precision integers. */
function definition(input: SixWords): number[] {
  const mask = 0xffffffffn;
  let [a, b, c, d, k, l] = input.map(BigInt) as [bigint, bigint, bigint, bigint, bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const first = 0xd2511f53n * a;
    const second = 0xcd9e8d57n * c;
    [a, b, c, d] = [(second >> 32n) ^ b ^ k, second & mask, (first >> 32n) ^ d ^ l, first & mask];
    k = (k + 0x9e3779b9n) & mask;
    l = (l + 0xbb67ae85n) & mask;
  }
  return [a, b, c, d].map(Number);
}

function philox(input: SixWords): number[] {
  const out = new Uint32Array(4);
  philox4x32(...input, out);
  return [...out];
}

describe('philox4x32', () => {
  // Known-answer vectors published with Random123 (kat_vectors, philox4x32 10).
  it.each<[string, SixWords, number[]]>([
    ['zeros', [0, 0, 0, 0, 0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      'ones',
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      'the digits of pi',
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published answer for %s', (_name, input, expected) => {
    expect(philox(input)).toEqual(expected);
  });

  it('agrees with its definition for any counter and key', () => {
    fc.assert(
      fc.property(sixWords, (input) => {
        expect(philox(input)).toEqual(definition(input));
      }),
      { numRuns: 500 },
    );
  });

  it('writes four words at the offset and touches no others', () => {
    const out = new Uint32Array(7).fill(9);
    philox4x32(1, 2, 3, 4, 5, 6, out, 2);
    expect([...out]).toEqual([9, 9, ...philox([1, 2, 3, 4, 5, 6]), 9]);
  });

  it('refuses an array without room for four words', () => {
    for (const offset of [1, -1, Number.NaN]) {
      expect(() => philox4x32(0, 0, 0, 0, 0, 0, new Uint32Array(4), offset)).toThrow(RangeError);
    }
  });
});
