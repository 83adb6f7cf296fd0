import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeImage, type ImageError, imageHeader } from '../src/index.js';
import { portableCodecs } from '../src/pictures/codecs.js';
import { decodeWith } from '../src/pictures/decode.js';
import { TurboJpeg } from '../src/pictures/jpeg/turbo.js';

const fixture = JSON.parse(readFileSync(new URL('./fixtures/pictures.json', import.meta.url), 'utf8')) as {
  cases: { name: string; file: string }[];
};
const fileOf = (name: string) =>
  Buffer.from(fixture.cases.find((each) => each.name === name)?.file as string, 'base64');

function refusal(file: Uint8Array): [string, string] {
  try {
    decodeImage(new Uint8Array(file));
  } catch (error) {
    const { code, message } = error as ImageError;
    return [code, message];
  }
  return ['read', ''];
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function pngOf(width: number, height: number, data: Uint8Array, ...others: Buffer[]): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    ...others,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A little that becomes 200 MB. */
const bomb = deflateSync(new Uint8Array(200_000_000));
const allocated = () => process.memoryUsage().arrayBuffers;

describe('a hostile PNG', () => {
  const rows = deflateSync(Uint8Array.of(0, 1, 2, 0, 3, 4));

  it('does not inflate what goes with the pixels', () => {
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('profile\0\0'), bomb]));
    const text = chunk('zTXt', Buffer.concat([Buffer.from('text\0\0'), bomb]));
    const before = allocated();
    expect([...decodeImage(new Uint8Array(pngOf(2, 2, rows, profile, text))).data]).toEqual([1, 2, 3, 4]);
    expect(allocated() - before).toBeLessThan(20_000_000);
  });

  it('does not inflate more pixels than it has', () => {
    const before = allocated();
    expect(refusal(pngOf(2, 2, bomb))[0]).toBe('damaged');
    expect(allocated() - before).toBeLessThan(20_000_000);
  });

  it('states a size that its data cannot hold, and nothing of this size is made', () => {
    const before = allocated();
    expect(refusal(pngOf(9_999, 9_999, rows))).toEqual([
      'truncated',
      'This PNG ends early: its data give 14448 bytes of pixels, expected 99990000.',
    ]);
    expect(refusal(pngOf(2 ** 31 - 1, 2 ** 31 - 1, rows))[0]).toBe('too-large');
    expect(refusal(pngOf(0, 5, rows))[0]).toBe('size');
    expect(allocated() - before).toBeLessThan(20_000_000);
  });

  it('is damaged in any bit that its checksums cover', () => {
    const file = fileOf('PNG, RGB, 8 bits');
    for (let at = 8; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] ^= 1 << (at % 8);
      expect(['damaged', 'truncated']).toContain(refusal(changed)[0]);
    }
  });
});

describe('a hostile JPEG', () => {
  const file = fileOf('JPEG, 4:2:0, progressive');
  const frame = file.indexOf(Buffer.of(0xff, 0xc2));
  const scan = file.indexOf(Buffer.of(0xff, 0xda));
  const changed = (at: number, ...bytes: number[]) => {
    const copy = Buffer.from(file);
    copy.set(bytes, at);
    return copy;
  };

  it('has a thousand scans', () => {
    const scans = Array.from({ length: 1000 }, () => file.subarray(scan, -2));
    const [code, message] = refusal(Buffer.concat([file.subarray(0, -2), ...scans, file.subarray(-2)]));
    expect([code, message]).toEqual(['coding', expect.stringContaining('more than 100 scans')]);
  });

  it('states a size that its data cannot hold', () => {
    expect(refusal(changed(frame + 5, 0xff, 0xff, 0xff, 0xff))[0]).toBe('too-large');
    const [code, message] = refusal(changed(frame + 5, 0x20, 0x00, 0x20, 0x00));
    expect([code, message]).toEqual(['truncated', expect.stringContaining('cannot hold 8192 x 8192 pixels')]);
    expect(refusal(changed(frame + 5, 0, 0))[0]).toBe('size');
  });

  it('is of a kind that is not read', () => {
    expect(refusal(changed(frame + 1, 0xca))).toEqual(['coding', expect.stringContaining('coded arithmetically')]);
    expect(refusal(changed(frame + 1, 0xc3))).toEqual(['coding', expect.stringContaining('lossless')]);
    expect(refusal(changed(frame + 1, 0xc5))).toEqual(['coding', expect.stringContaining('hierarchical')]);
    expect(refusal(changed(frame + 4, 12))[0]).toBe('depth');
    expect(refusal(changed(frame + 11, 0x51))[0]).toBe('damaged');
  });

  it('does not harm the next picture', () => {
    const good = new Uint8Array(file);
    const before = decodeImage(good);
    for (let at = scan + 14; at < file.length - 2; at++) {
      refusal(changed(at, file[at] ^ 0x55));
      expect(decodeImage(good)).toEqual(before);
    }
  });

  it('is read all the same with bytes between its segments, or before its end, as cameras leave them', () => {
    for (const name of ['JPEG, 4:2:0', 'JPEG, grey', 'JPEG, 4:2:0, progressive']) {
      const whole = fileOf(name);
      const table = whole.indexOf(Buffer.of(0xff, 0xdb));
      const expected = decodeImage(new Uint8Array(whole));
      for (const at of [table, whole.length - 2]) {
        const longer = Buffer.concat([whole.subarray(0, at), Buffer.alloc(3), whole.subarray(at)]);
        expect(decodeImage(new Uint8Array(longer))).toEqual(expected);
      }
      const shorter = Buffer.concat([whole.subarray(0, -30), whole.subarray(-2)]);
      expect(refusal(shorter)[0]).toBe('damaged');
    }
  });
});

describe('a hostile TIFF', () => {
  const file = fileOf('TIFF, RGB, lzw');
  const directory = file.readUInt32LE(4);
  const count = file.readUInt16LE(directory);
  const entries = Array.from({ length: count }, (_, i) => directory + 2 + 12 * i);
  const entryOf = (tag: number) => entries.find((at) => file.readUInt16LE(at) === tag) as number;
  const changed = (change: (copy: Buffer) => void) => {
    const copy = Buffer.from(file);
    change(copy);
    return copy;
  };

  it('has directories that go round in a circle', () => {
    const circle = changed((copy) => copy.writeUInt32LE(directory, directory + 2 + 12 * count));
    expect(refusal(circle)).toEqual(['damaged', expect.stringContaining('round in a circle')]);
  });

  it('has strips that lie over one another, so that a small file is read very often', () => {
    // Two offsets lie elsewhere, two counts of 16 bits in the entry itself.
    const [offsets, counts] = [file.readUInt32LE(entryOf(273) + 8), entryOf(279) + 8];
    const over = changed((copy) => {
      for (const at of [0, 4]) copy.writeUInt32LE(8, offsets + at);
      for (const at of [0, 2]) copy.writeUInt16LE(file.length - 8, counts + at);
    });
    expect(refusal(over)).toEqual(['damaged', expect.stringContaining('lie over one another')]);
  });

  it('states a size that its data cannot hold', () => {
    const before = allocated();
    const wide = changed((copy) => {
      copy.writeUInt16LE(9999, entryOf(256) + 8);
    });
    expect(refusal(wide)[0]).toBe('truncated');
    expect(refusal(changed((copy) => copy.writeUInt16LE(0, entryOf(257) + 8)))[0]).toBe('size');
    expect(allocated() - before).toBeLessThan(20_000_000);
  });

  it('has tiles larger than any picture', () => {
    const tiled = fileOf('TIFF, grey, tiles');
    const at = tiled.readUInt32LE(4);
    const entry = Array.from({ length: tiled.readUInt16LE(at) }, (_, i) => at + 2 + 12 * i);
    const copy = Buffer.from(tiled);
    for (const each of entry) {
      if ([322, 323].includes(copy.readUInt16LE(each))) copy.writeUInt16LE(65_520, each + 8);
    }
    expect(refusal(copy)[0]).toBe('damaged');
  });
});

describe('what is no picture', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['not-an-image', Buffer.from('hello')],
    ['not-an-image', Buffer.alloc(1000)],
    ['format', Buffer.from('\0\0\0\x1cftypavif')],
    ['format', Buffer.from('\0\0\0\x1cftypheic')],
    ['format', Buffer.from('RIFF\0\0\0\0WEBPVP8 ')],
    ['format', Buffer.from('GIF89a')],
    ['format', Buffer.from('8BPS')],
  ])('%s', (code, bytes) => {
    expect(refusal(bytes)[0]).toBe(code);
  });

  it('is refused as an argument, if it is no bytes', () => {
    expect(() => decodeImage('picture.png' as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => imageHeader([1, 2] as unknown as Uint8Array)).toThrow('expected its bytes, a Uint8Array');
  });
});

describe('the codecs that need no Node', () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm'));
  const turbo = new TurboJpeg(new WebAssembly.Module(wasm));
  const codecs = portableCodecs(() => turbo);

  it.each(fixture.cases)('read the same of $name', ({ file }) => {
    const bytes = Uint8Array.from(Buffer.from(file, 'base64'));
    expect(decodeWith(codecs, bytes)).toEqual(decodeImage(bytes));
  });

  it('refuse the same, in the same words', () => {
    for (const file of [pngOf(2, 2, bomb), pngOf(900, 900, bomb), fileOf('PNG, RGB, 8 bits').subarray(0, -30)]) {
      const bytes = new Uint8Array(file);
      const [, message] = refusal(bytes);
      expect(() => decodeWith(codecs, bytes)).toThrow(message);
    }
  });
});
