import { describe, expect, test } from 'vitest';
import { packZip, unpackZip, ZipError } from './zip.js';

const text = (value: string) => new TextEncoder().encode(value);
const files = new Map([
  ['a.txt', text('abc'.repeat(100))],
  ['füße/b', text('')],
  ['c', Uint8Array.from({ length: 300 }, (_, at) => (at * 7919) % 251)],
]);

describe.each([false, true])('a zip file, compressed: %s', (compress) => {
  const bytes = packZip(files, { compress });

  test('gives back its files', () => {
    expect(unpackZip(bytes)).toEqual(files);
  });

  test('cut short anywhere, is refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => unpackZip(bytes.subarray(0, length))).toThrow(ZipError);
    }
  });

  test('with one byte changed gives its files or an error, never other files', () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] ^= 0x55;
      let found: Map<string, Uint8Array> | undefined;
      try {
        found = unpackZip(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(ZipError);
      }
      const contents = new Set([...files.values()].map(String));
      for (const content of found?.values() ?? []) expect(contents).toContain(String(content));
    }
  });
});

test('files that claim the bytes of others are refused', () => {
  const bytes = packZip(new Map([['a', new Uint8Array(1000)]]), { compress: false });
  const view = new DataView(bytes.buffer);
  const directory = bytes.length - 22 - 47;
  // The list of files is there eight times, and each entry leads to the same file.
  const entry = bytes.slice(directory, directory + 47);
  const entries = Array.from({ length: 8 }, (_, at) => Object.assign(entry.slice(), { 46: 97 + at }));
  const end = bytes.slice(-22);
  new DataView(end.buffer).setUint16(8, 8, true);
  new DataView(end.buffer).setUint16(10, 8, true);
  expect(view.getUint32(directory, true)).toBe(0x02014b50);
  const bomb = Buffer.concat([bytes.subarray(0, directory), ...entries, end]);
  expect(() => unpackZip(bomb)).toThrow('they overlap');
});

test('a file that claims more than its bytes can give is refused', () => {
  const bytes = packZip(new Map([['a', new Uint8Array(1000)]]), { compress: true });
  new DataView(bytes.buffer).setUint32(bytes.length - 22 - 47 + 24, 50_000_000, true);
  expect(() => unpackZip(bytes)).toThrow('is said to have 50000000 bytes');
});

test('what a zip file cannot hold is refused, and not cut off', () => {
  const empty = new Uint8Array(0);
  const many = (count: number) => new Map(Array.from({ length: count }, (_, at) => [String(at), empty]));
  expect(unpackZip(packZip(many(65535), { compress: false })).size).toBe(65535);
  expect(() => packZip(many(65536), { compress: false })).toThrow('65536 files of');
  expect(() => packZip(new Map([['ä'.repeat(32768), empty]]), { compress: false })).toThrow('longer than 65535 bytes');
});
