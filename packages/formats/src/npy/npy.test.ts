import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeNpy } from './decode.js';
import { type NpyData, type NpyDType, npyTypes } from './dtypes.js';
import { encodeNpy, type NpyOptions } from './encode.js';
import { NpyError } from './error.js';

interface Fixture extends Required<NpyOptions> {
  readonly shape: readonly number[];
  readonly base64: string;
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url), 'utf8'));

/** What NumPy writes for small arrays, as `npy.py` beside it had them written. */
const fixtures: readonly Fixture[] = read('npy.json');
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

/** The numbers that the fixtures hold. */
function numbersOf(dtype: NpyDType, shape: readonly number[]): NpyData {
  const { array, parts } = npyTypes[dtype];
  const count = shape.reduce((product, axis) => product * axis, 1);
  const values = Array.from({ length: count }, (_, at) => (dtype === 'bool' ? at % 2 : at));
  const all = parts === 2 ? values.flatMap((value) => [value, -value]) : values;
  const isBig = dtype === 'int64' || dtype === 'uint64';
  const from = (array as unknown as { from(items: readonly (number | bigint)[]): NpyData }).from.bind(array);
  // NumPy's 0 - 0 i has an imaginary part of 0, not of -0.
  return from(isBig ? all.map(BigInt) : all.map((value) => value + 0));
}

describe('npy', () => {
  test.each(fixtures)('writes the bytes that NumPy writes: $dtype $shape $byteOrder $order', (fixture) => {
    const { shape, base64, ...options } = fixture;
    const bytes = encodeNpy(numbersOf(options.dtype, shape), shape, options);
    expect(Buffer.from(bytes).toString('latin1')).toBe(Buffer.from(base64, 'base64').toString('latin1'));
  });

  test.each(fixtures)('reads the numbers that NumPy has written: $dtype $shape $byteOrder $order', (fixture) => {
    const { dtype, shape, base64 } = fixture;
    expect(decodeNpy(bytesOf(base64))).toEqual({ dtype, shape, data: numbersOf(dtype, shape) });
  });

  test('reads from bytes at any place', () => {
    const file = encodeNpy(Float64Array.of(1, 2), [2]);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(decodeNpy(shifted.subarray(3)).data).toEqual(Float64Array.of(1, 2));
  });

  test('takes a part of an array for what it is', () => {
    const all = Float32Array.of(9, 1, 2, 9);
    expect(encodeNpy(all.subarray(1, 3), [2])).toEqual(encodeNpy(Float32Array.of(1, 2), [2]));
  });

  test('writing leaves the array as it is', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    encodeNpy(data, [2, 2], { byteOrder: 'big', order: 'F' });
    expect(data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test('refuses what cannot be written', () => {
    expect(() => encodeNpy(new Float32Array(5), [2, 3])).toThrow('encodeNpy: 5 values do not fill [2,3].');
    expect(() => encodeNpy(new Float32Array(6), [-2, -3])).toThrow(RangeError);
    expect(() => encodeNpy(new Uint8ClampedArray(1) as never, [1])).toThrow('expected one of Uint8Array');
    expect(() => encodeNpy(undefined as never, [1])).toThrow(TypeError);
    expect(() => encodeNpy(new Float32Array(1), [1], { dtype: 'int8' })).toThrow(
      "dtype: got 'int8', expected float16 or float32 or complex64 for a Float32Array.",
    );
    expect(() => encodeNpy(new Float32Array(1), [1], { order: 'c' as never })).toThrow("order: got 'c'");
  });

  test.each([
    ['objects', 'Python objects'],
    ['records', 'records of several fields'],
    ['text', "Its values are '<U1'"],
  ])('refuses %s with advice', (name, message) => {
    const bytes = bytesOf(read('npz.json')[name]);
    expect(() => decodeNpy(bytes)).toThrow(NpyError);
    expect(() => decodeNpy(bytes)).toThrow(message);
  });

  test('refuses a file of any other length', () => {
    const file = encodeNpy(Float32Array.of(1, 2), [2]);
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeNpy(file.subarray(0, length))).toThrow(NpyError);
    }
    expect(() => decodeNpy(Buffer.concat([file, Buffer.of(0)]))).toThrow('needs 136. It is cut short or damaged.');
  });
});

test('a Buffer is an array of bytes, and a shape is a list', () => {
  expect(decodeNpy(encodeNpy(Buffer.of(1, 2), [2]))).toMatchObject({ dtype: 'uint8', data: Uint8Array.of(1, 2) });
  expect(() => encodeNpy(Uint8Array.of(1, 2), 2 as never)).toThrow('expected a list of lengths such as [2, 3]');
});

test('versions 2 and 3 have longer headers', () => {
  const file = encodeNpy(Uint8Array.of(7, 8), [2]);
  for (const version of [2, 3]) {
    const longer = new Uint8Array([...file.subarray(0, 10), 0, 0, ...file.subarray(10)]);
    longer[6] = version;
    expect(decodeNpy(longer).data).toEqual(Uint8Array.of(7, 8));
  }
});
