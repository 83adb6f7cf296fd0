import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  asChannels,
  asDepth,
  type DecodedPicture,
  decodeImage,
  encodePng,
  type Fit,
  ImageError,
  imageHeader,
  type Picture,
  resizeImage,
} from '../src/index.js';

interface Case {
  name: string;
  format: string;
  width: number;
  height: number;
  channels: number;
  depth: 8 | 16;
  file: string;
  pixels: number;
  tolerance?: number;
}

interface Resized {
  channels: 1 | 3;
  width: number;
  height: number;
  fit?: Fit;
  from: number;
  to: number;
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/pictures.json', import.meta.url), 'utf8')) as {
  cases: Case[];
  refused: { name: string; code: string; file: string }[];
  resized: Resized[];
  luma: { from: number; to: number };
  arrays: string[];
};

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const array = (index: number) => Uint8Array.from(inflateSync(Buffer.from(fixture.arrays[index], 'base64')));
const values = (index: number, depth: 8 | 16) => (depth === 8 ? array(index) : new Uint16Array(array(index).buffer));
const fileOf = (name: string) => bytesOf(fixture.cases.find((each) => each.name === name)?.file as string);

/** The largest and the mean distance of two pictures. */
function distance(got: ArrayLike<number>, expected: ArrayLike<number>): { largest: number; mean: number } {
  expect(got).toHaveLength(expected.length);
  const distances = Array.from(expected, (value, i) => Math.abs(value - got[i]));
  return { largest: Math.max(...distances), mean: distances.reduce((a, b) => a + b) / distances.length };
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    expect(error.message).toMatch(/^[A-Z][^.]*(\d\.\d[^.]*)*\.$/);
    return error.code;
  }
  return 'read';
}

describe('decodeImage', () => {
  it.each(fixture.cases)('$name', ({ file, pixels, tolerance = 0, name, ...expected }) => {
    const { data, ...rest } = decodeImage(bytesOf(file));
    expect(rest).toEqual(expected);
    expect(data.BYTES_PER_ELEMENT).toBe(expected.depth / 8);
    const { largest } = distance(data, values(pixels, expected.depth));
    expect(largest).toBeLessThanOrEqual(tolerance);
  });

  it.each(fixture.cases)('imageHeader says the same of $name', ({ file, pixels, tolerance, name, ...expected }) => {
    const { orientation, ...rest } = imageHeader(bytesOf(file));
    expect(rest).toEqual(expected);
    expect(orientation).toBe(Number(/orientation (\d)/.exec(name)?.[1] ?? 1));
  });

  it.each(fixture.refused)('refuses $name', ({ code, file }) => {
    expect(codeOf(() => decodeImage(bytesOf(file)))).toBe(code);
    expect(codeOf(() => imageHeader(bytesOf(file)))).toBe(code);
  });

  it('refuses what is larger than the limit, before it decodes anything', () => {
    const file = fileOf('PNG, RGB, 8 bits');
    expect(decodeImage(file, { maxPixels: 13 * 9 }).width).toBe(13);
    expect(codeOf(() => decodeImage(file, { maxPixels: 13 * 9 - 1 }))).toBe('too-large');
    expect(() => decodeImage(file, { maxPixels: 0 })).toThrow(RangeError);
  });

  it.each(['PNG, RGB, 8 bits', 'JPEG, 4:2:0', 'TIFF, RGB, lzw', 'TIFF, RGB, deflate, differences'])(
    'refuses %s wherever it is cut, and reads it with something behind its end',
    (name) => {
      const file = fileOf(name);
      for (let length = 0; length < file.length; length++) {
        expect(codeOf(() => decodeImage(file.subarray(0, length)))).not.toBe('read');
      }
      const longer = Uint8Array.from([...file, ...Array.from({ length: 50 }, (_, i) => i)]);
      expect(decodeImage(longer)).toEqual(decodeImage(file));
    },
  );
});

describe('resizeImage', () => {
  it.each(fixture.resized)('to $width x $height of $channels channels, $fit, as Pillow does', (each) => {
    const { channels, width, height, fit, from, to } = each;
    const picture: Picture = { width: 30, height: 20, channels, depth: 8, data: array(from) };
    const resized = resizeImage(picture, height, width, fit ? { fit } : {});
    expect(resized).toMatchObject({ width, height, channels, depth: 8 });
    expect(distance(resized.data, array(to)).largest).toBeLessThanOrEqual(1);
  });

  it('pads what has another proportion, in the middle', () => {
    const picture: Picture = { width: 4, height: 2, channels: 1, depth: 16, data: new Uint16Array(8).fill(60000) };
    const { data } = resizeImage(picture, 4, 4, { fit: 'pad' });
    expect([...data]).toEqual([0, 0, 0, 0, ...new Array(8).fill(60000), 0, 0, 0, 0]);
  });

  it('does not mix in the colours of transparent pixels', () => {
    const data = Uint8Array.of(200, 100, 50, 255, 0, 255, 0, 0);
    const picture: Picture = { width: 2, height: 1, channels: 4, depth: 8, data };
    expect([...resizeImage(picture, 1, 1).data]).toEqual([200, 100, 50, 128]);
  });
});

describe('asChannels', () => {
  it("computes Pillow's luma", () => {
    const { from, to } = fixture.luma;
    const picture: Picture = { width: 8, height: 8, channels: 3, depth: 8, data: array(from) };
    expect(asChannels(picture, 1).data).toEqual(array(to));
    const deep = asDepth(picture, 16);
    expect(
      distance(asChannels(deep, 1).data, asDepth({ ...picture, channels: 1, data: array(to) }, 16).data).largest,
    ).toBeLessThan(129);
  });

  it('lays alpha on black or on white, and makes opaque what had none', () => {
    const picture: Picture = { width: 1, height: 1, channels: 2, depth: 8, data: Uint8Array.of(100, 51) };
    expect([...asChannels(picture, 1).data]).toEqual([20]);
    expect([...asChannels(picture, 3, { background: 'white' }).data]).toEqual([224, 224, 224]);
    expect([...asChannels(picture, 4).data]).toEqual([100, 100, 100, 51]);
    expect([...asChannels(asChannels(picture, 1), 4).data]).toEqual([20, 20, 20, 255]);
  });

  it('brings every value of 8 bits back from 16, and 16 to the nearest of 8', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const picture: Picture = { width: 256, height: 1, channels: 1, depth: 8, data };
    expect(asDepth(asDepth(picture, 16), 8)).toEqual(picture);
    const deep: Picture = {
      ...picture,
      width: 65536,
      depth: 16,
      data: Uint16Array.from({ length: 65536 }, (_, i) => i),
    };
    const nearest = deep.data.map((value) => Math.round((value * 255) / 65535));
    expect(asDepth(deep, 8).data).toEqual(Uint8Array.from(nearest));
  });
});

describe('encodePng', () => {
  const exact = fixture.cases.filter(({ name }) => name.startsWith('PNG') || name.startsWith('TIFF'));
  it.each(exact)('writes what decodeImage reads: $name', ({ file }) => {
    const picture: DecodedPicture = { ...decodeImage(bytesOf(file)), format: 'png' };
    expect(decodeImage(encodePng(picture))).toEqual(picture);
  });

  it('refuses what is no picture', () => {
    const picture: Picture = { width: 2, height: 2, channels: 1, depth: 8, data: new Uint8Array(3) };
    expect(() => encodePng(picture)).toThrow('got 3 values, expected height x width x channels, 2 x 2 x 1 = 4');
    expect(() => encodePng({ ...picture, depth: 16 })).toThrow('no Uint16Array');
  });
});
