import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressLzw } from './lzw.js';

/** LZW as section 13 of TIFF 6.0 writes it: the table is cleared before it would need a code of 13 bits. */
function compressed(bytes: readonly number[]): Uint8Array {
  const written: number[] = [];
  let [buffer, bits] = [0, 0];
  let width = 9;
  const write = (code: number) => {
    buffer = (buffer << width) | code;
    for (bits += width; bits >= 8; bits -= 8) written.push((buffer >> (bits - 8)) & 255);
    buffer &= (1 << bits) - 1;
  };
  let table = new Map<string, number>();
  let next = 258;
  write(256);
  let string = '';
  const codeOf = (text: string) => (text.includes(',') ? (table.get(text) as number) : Number(text));
  for (const byte of bytes) {
    const longer = string === '' ? `${byte}` : `${string},${byte}`;
    if (string === '' || table.has(longer)) {
      string = longer;
      continue;
    }
    write(codeOf(string));
    table.set(longer, next++);
    if (next === 4095) {
      write(256);
      [table, next, width] = [new Map(), 258, 9];
    } else if (next === 1 << width) width++;
    string = `${byte}`;
  }
  if (string !== '') write(codeOf(string));
  if (++next === 1 << width) width++;
  write(257);
  if (bits > 0) written.push((buffer << (8 - bits)) & 255);
  return Uint8Array.from(written);
}

describe('decompressLzw', () => {
  it('gives back what was compressed', () => {
    const few = array(constantFrom(0, 1, 255), { maxLength: 3000, size: 'max' });
    const many = array(integer({ min: 0, max: 255 }), { maxLength: 3000, size: 'max' });
    for (const bytes of [few, many]) {
      assert(
        property(bytes, (values) => {
          const to = new Uint8Array(values.length);
          expect(decompressLzw(compressed(values), to)).toBe(values.length);
          expect(to).toEqual(Uint8Array.from(values));
        }),
      );
    }
  });

  it('does so over full tables', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);
    const to = new Uint8Array(values.length);
    expect(decompressLzw(compressed(values), to)).toBe(values.length);
    expect(to).toEqual(Uint8Array.from(values));
  });

  it('stops where there is no more room', () => {
    const to = new Uint8Array(100);
    expect(decompressLzw(compressed(new Array(5000).fill(7)), to)).toBe(100);
    expect(to).toEqual(new Uint8Array(100).fill(7));
  });

  it('refuses a code that the table has not', () => {
    // 256, then 300 of nine bits.
    const to = new Uint8Array(10);
    expect(() => decompressLzw(Uint8Array.of(0b10000000, 0b01001011, 0b00000000), to)).toThrow('code 300 of a table');
  });
});
