import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { DataError, type DataErrorCode } from '../errors.js';
import { ELEMENTS, type IdxArray, type IdxType } from './format.js';
import { readIdx } from './read.js';
import { writeIdx } from './write.js';

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });

const arrays: fc.Arbitrary<IdxArray> = fc
  .tuple(fc.constantFrom(...(Object.keys(ELEMENTS) as IdxType[])), shapes)
  .chain(([type, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const size = ELEMENTS[type].bytes;
    return fc.uint8Array({ minLength: count * size, maxLength: count * size }).map((bytes) => {
      const data = ELEMENTS[type].allocate(count);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < count; i++) data[i] = ELEMENTS[type].get(view, i * size);
      return { type, shape, data } as IdxArray;
    });
  });

/** A fresh copy, so that a test may alter it and Buffer's and Uint8Array's classes do not matter. */
const compress = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));
const join = (...parts: (Uint8Array | number[])[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

function refusal(bytes: Uint8Array, maximumBytes?: number): { code: DataErrorCode; message: string } {
  try {
    readIdx(bytes, { name: 'sample.idx', ...(maximumBytes === undefined ? {} : { maximumBytes }) });
  } catch (error) {
    if (error instanceof DataError) return { code: error.code, message: error.message };
    throw error;
  }
  return expect.fail('readIdx took the file');
}

const sample = writeIdx({ type: 'uint8', shape: [2, 3], data: Uint8Array.from([1, 2, 3, 4, 5, 6]) });

describe('readIdx', () => {
  it('returns what writeIdx was given, for every type and shape, gzip-compressed or not', () => {
    fc.assert(
      fc.property(arrays, fc.boolean(), (array, compressed) => {
        const bytes = writeIdx(array);
        const back = readIdx(compressed ? compress(bytes) : bytes);
        expect(back.type).toBe(array.type);
        expect(back.shape).toEqual(array.shape);
        expect(back.data.constructor === array.data.constructor || array.type === 'uint8').toBe(true);
        expect([...back.data]).toEqual([...array.data]);
      }),
    );
  });

  it.each<[string, number[], IdxArray]>([
    ['uint8', [0, 0, 8, 1, 0, 0, 0, 2, 1, 255], { type: 'uint8', shape: [2], data: Uint8Array.of(1, 255) }],
    ['int8', [0, 0, 9, 1, 0, 0, 0, 2, 1, 255], { type: 'int8', shape: [2], data: Int8Array.of(1, -1) }],
    ['int16', [0, 0, 0xb, 1, 0, 0, 0, 1, 1, 2], { type: 'int16', shape: [1], data: Int16Array.of(258) }],
    ['int32', [0, 0, 0xc, 1, 0, 0, 0, 1, 0xff, 0, 0, 1], { type: 'int32', shape: [1], data: Int32Array.of(-16777215) }],
    [
      'float32',
      [0, 0, 0xd, 1, 0, 0, 0, 1, 0xc0, 0x20, 0, 0],
      { type: 'float32', shape: [1], data: Float32Array.of(-2.5) },
    ],
    [
      'float64',
      [0, 0, 0xe, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
      { type: 'float64', shape: [1, 1], data: Float64Array.of(1.5) },
    ],
  ])('reads and writes %s most significant byte first', (_type, bytes, array) => {
    expect(readIdx(Uint8Array.from(bytes))).toEqual(array);
    expect([...writeIdx(array)]).toEqual(bytes);
  });

  it('reads from the middle of a larger buffer', () => {
    const array: IdxArray = { type: 'int16', shape: [2], data: Int16Array.of(-7, 300) };
    const bytes = writeIdx(array);
    const larger = join([1, 2, 3], bytes, [4]);
    expect(readIdx(larger.subarray(3, 3 + bytes.length))).toEqual(array);
  });

  it('gives plain arrays, whose slices are copies, also of what it was given as a Buffer', () => {
    const file = Buffer.from(writeIdx({ type: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 3) }));
    for (const bytes of [file, gzipSync(file)]) {
      const { data } = readIdx(bytes, { name: 'sample.idx' });
      const copy = data.slice();
      data[0] = 9;
      expect([...copy]).toEqual([1, 2, 3]);
    }
  });

  it('refuses a file cut short at any byte, compressed or not, and says so', () => {
    for (const file of [sample, compress(sample)]) {
      for (let length = 0; length < file.length; length++) {
        const { code, message } = refusal(file.slice(0, length));
        expect(['not-idx', 'damaged']).toContain(code);
        expect(message).toContain('sample.idx');
      }
    }
    expect(refusal(sample.slice(0, 13))).toEqual({
      code: 'damaged',
      message:
        'sample.idx is cut short: its header promises 2 x 3 elements of type uint8, 18 bytes in all, but it has 13.',
    });
  });

  it('refuses bytes behind the promised content, in the array or behind the gzip member', () => {
    expect(refusal(join(sample, [0])).code).toBe('damaged');
    expect(refusal(compress(join(sample, [0]))).code).toBe('damaged');
    expect(refusal(join(compress(sample), [0])).code).toBe('damaged');
    expect(refusal(join(compress(sample), [7, 7, 7])).code).toBe('damaged');
    expect(refusal(join(compress(sample), compress(sample))).code).toBe('damaged');
  });

  it('notices an altered byte of a compressed file', () => {
    const file = compress(sample);
    // Bytes 3 to 9 of a gzip header hold flags, a time and the system, which the checksum does not cover.
    for (let i = 10; i < file.length; i++) {
      const altered = Uint8Array.from(file);
      altered[i]! ^= 0x10;
      expect(() => readIdx(altered)).toThrow(DataError);
    }
  });

  it.each([
    ['a first byte other than zero', [1, 0, 8, 1, 0, 0, 0, 0]],
    ['a second byte other than zero', [0, 1, 8, 1, 0, 0, 0, 0]],
    ['an unknown type', [0, 0, 0x0a, 1, 0, 0, 0, 0]],
    ['no dimension', [0, 0, 8, 0, 5]],
    ['nothing at all', []],
  ])('refuses %s', (_what, bytes) => {
    expect(refusal(Uint8Array.from(bytes)).code).toBe('not-idx');
  });

  it('refuses absurd headers without trying to allocate what they promise', () => {
    const huge = Array.from({ length: 255 }, () => [255, 255, 255, 255]).flat();
    expect(refusal(Uint8Array.from([0, 0, 0xe, 255, ...huge])).code).toBe('too-large');
    expect(refusal(compress(Uint8Array.from([0, 0, 8, 2, 0, 0, 255, 255, 0, 0, 0, 255, 1, 2]))).code).toBe('damaged');
    expect(refusal(Uint8Array.from([0, 0, 8, 255, 0, 0, 0, 0, ...huge])).code).toBe('damaged');
  });

  it('allocates nothing for what a compressed header promises before it has come', () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 60_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state >>> 24;
    });
    const file = compress(join([0, 0, 8, 2, 0, 0, 0, 1], [3, 0, 0, 0], noise));
    expect(file.length).toBeGreaterThan(50_000);
    const allocations = vi.spyOn(Buffer, 'allocUnsafe');
    const { code } = refusal(file);
    const sizes = allocations.mock.calls.map(([size]) => size);
    allocations.mockRestore();
    expect(code).toBe('damaged');
    expect(sizes).not.toEqual([]);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12 * file.length);
  });

  it('finds the header behind a file name and a comment, however long, as long as gzip headers are', () => {
    const file = compress(sample);
    for (const length of [1, 600, 3000]) {
      const named = join(
        file.slice(0, 3),
        [0x18],
        file.slice(4, 10),
        new Uint8Array(length).fill(97),
        [0],
        [98, 0],
        file.slice(10),
      );
      expect([...readIdx(named).data]).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('never inflates more than the header promises or the maximum allows', () => {
    const bomb = gzipSync(Buffer.concat([Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1), new Uint8Array(2 ** 20)]));
    expect(gunzipSync(bomb).length).toBeGreaterThan(2 ** 20);
    expect(refusal(new Uint8Array(bomb)).code).toBe('damaged');
    expect(refusal(sample, 17).code).toBe('too-large');
    expect(refusal(compress(sample), 17).code).toBe('too-large');
    expect(readIdx(compress(sample), { maximumBytes: 18 }).data).toHaveLength(6);
  });
});

describe('writeIdx', () => {
  it('refuses a shape that does not fit the data', () => {
    expect(() => writeIdx({ type: 'uint8', shape: [3], data: new Uint8Array(2) })).toThrow(RangeError);
    expect(() => writeIdx({ type: 'uint8', shape: [], data: new Uint8Array(1) })).toThrow(RangeError);
    expect(() => writeIdx({ type: 'uint8', shape: [-1, -2], data: new Uint8Array(2) })).toThrow(RangeError);
  });

  const types = fc.constantFrom(...(Object.keys(ELEMENTS) as IdxType[]));
  const values = fc.oneof(
    fc.constantFrom(-129, -128, 127, 128, 255, 256, 300, -32_769, 32_768, 2 ** 31, -(2 ** 31) - 1, 2 ** 53),
    fc.constantFrom(0.5, -0.5, 1e39, -1e39, 3.4e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.integer({ min: -300, max: 300 }),
    fc.double(),
  );
  /** Arrays of all kinds, plain ones among them: what they hold by then is what is to be written. */
  const sources = fc
    .tuple(
      fc.array(values, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(Array, Float64Array, Float32Array, Int32Array, Uint16Array, Uint8ClampedArray, Uint8Array),
    )
    .map(([numbers, kind]) => (kind.from as (numbers: number[]) => ArrayLike<number>).call(kind, numbers));

  /** What a typed array of this type makes of a number: it wraps, cuts and rounds without a word. */
  const converted = (type: IdxType, value: number) => {
    const one = ELEMENTS[type].allocate(1);
    one[0] = value;
    return one[0]!;
  };

  it('writes every value as it is, or refuses the first that the type cannot hold, with its place', () => {
    fc.assert(
      fc.property(types, sources, (type, data) => {
        const isFloat = type.startsWith('float');
        const survives = (value: number) => {
          const kept = converted(type, value);
          return isFloat ? Number.isFinite(value) === Number.isFinite(kept) : kept === value;
        };
        const wrong = Array.from(data).findIndex((value) => !survives(value));
        const write = () => writeIdx({ type, shape: [1, data.length], data });
        if (wrong >= 0) expect(write).toThrow(`the element at [0,${wrong}] is ${data[wrong]}, but ${type} holds`);
        else {
          const expected = Array.from(data, (value) => converted(type, value));
          expect(Array.from(readIdx(write()).data)).toEqual(expected);
        }
      }),
    );
  });

  it.each<[string, object | null, string]>([
    ['nothing', null, 'got null, expected an object of type, shape, data'],
    ['an unknown type', { type: 'uint16', shape: [1], data: [1] }, "the type is 'uint16', expected uint8, int8"],
    [
      'a shape with null',
      { type: 'uint8', shape: [null, 784], data: [] },
      'the shape is [null,784], expected 1 to 255',
    ],
    ['a shape with a hole', { type: 'uint8', shape: new Array(1), data: [] }, 'the shape is [undefined], expected'],
    [
      'a number for a shape',
      { type: 'uint8', shape: 3, data: [1, 2, 3] },
      'the shape is 3, expected an array of sizes',
    ],
    ['a text', { type: 'uint8', shape: [1], data: '1' }, "the data is '1', expected a flat array of numbers"],
    ['a buffer', { type: 'uint8', shape: [1], data: new ArrayBuffer(1) }, 'the data is a value of ArrayBuffer'],
    ['rows', { type: 'uint8', shape: [2], data: [[1], [2]] }, 'the element at [0] is [1], but uint8 holds'],
    ['texts', { type: 'int8', shape: [2], data: [1, '2'] }, "the element at [1] is '2', but int8 holds whole numbers"],
    ['bigints', { type: 'int32', shape: [1], data: BigInt64Array.of(5n) }, 'the element at [0] is 5n'],
    ['a hole', { type: 'float32', shape: [2, 1], data: [1, undefined] }, 'the element at [1,0] is undefined'],
  ])('says of %s what was got and what was expected', (_, content, part) => {
    expect(() => writeIdx(content as never)).toThrow(part);
  });
});

describe('readIdx says what was got and what was expected of', () => {
  it.each<[unknown, string]>([
    ['sample.idx', "got 'sample.idx', expected a Uint8Array."],
    [sample.buffer, 'got a value of ArrayBuffer, expected a Uint8Array. Give new Uint8Array(buffer).'],
    [
      Uint8ClampedArray.from(sample),
      'got a Uint8ClampedArray of 18, expected a Uint8Array. Its values are bytes: give',
    ],
    [[...sample], 'got an array of 18, expected a Uint8Array. Its values are bytes: give Uint8Array.from(array).'],
    [Float64Array.of(0, 0.5), 'got a Float64Array of 2, expected a Uint8Array. Element 1 is 0.5, and a byte holds'],
  ])('%o', (bytes, part) => {
    expect(() => readIdx(bytes as never)).toThrow(part);
  });

  it.each<[object, string]>([
    [{ maximumBytes: Number.NaN }, 'maximumBytes is NaN'],
    [{ maximumBytes: '9' }, "maximumBytes is '9'"],
    [{ name: 5 }, 'name is 5'],
    [{ maxBytes: 9 }, "there is no option 'maxBytes'"],
  ])('%o', (options, part) => {
    expect(() => readIdx(sample, options as never)).toThrow(part);
  });
});
