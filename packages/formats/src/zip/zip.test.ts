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

describe('a zip file as others write it', () => {
  const packed = packZip(new Map([['a', text('content')]]), { compress: false });
  const directory = packed.length - 22 - 47;

  test('may have the sizes and places of files of more than 4 GiB, and the list of them, in 64 bits', () => {
    const entry = packed.slice(directory, directory + 47);
    const fields = new DataView(entry.buffer);
    for (const at of [20, 24, 42]) fields.setUint32(at, 0xffffffff, true);
    fields.setUint16(30, 4 + 24, true);
    const long = (...numbers: number[]) => new Uint8Array(BigUint64Array.from(numbers, BigInt).buffer);
    const short = (...numbers: number[]) => new Uint8Array(Uint16Array.from(numbers).buffer);
    const word = (...numbers: number[]) => new Uint8Array(Uint32Array.from(numbers).buffer);
    const list = [entry, short(1, 24), long(7, 7, 0)];
    const listLength = 47 + 4 + 24;
    const end = [word(0x06064b50), long(44), short(45, 45), word(0, 0), long(1, 1, listLength, directory)];
    const place = [word(0x07064b50, 0), long(directory + listLength), word(1)];
    const last = [word(0x06054b50), short(0, 0, 0xffff, 0xffff), word(0xffffffff, 0xffffffff), short(0)];
    const file = Buffer.concat([packed.subarray(0, directory), ...list, ...end, ...place, ...last]);
    expect(unpackZip(file)).toEqual(new Map([['a', text('content')]]));
  });

  test('has names in Latin letters where it does not say UTF-8, and is refused where it is encrypted', () => {
    const changed = (at: number, value: number) => {
      const file = packed.slice();
      file[directory + at] = value;
      return file;
    };
    expect([...unpackZip(changed(46, 0xe9)).keys()]).toEqual(['é']);
    expect(() => unpackZip(changed(8, 1))).toThrow('is encrypted. Pack it anew without a password.');
  });
});
