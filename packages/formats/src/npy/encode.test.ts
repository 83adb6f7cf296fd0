import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeNpy, type NpyData } from './encode.js';

/** What NumPy writes for arrays of the numbers 0, 1, 2, ..., as `npy.py` beside it had them written. */
const fixtures: readonly { readonly dtype: string; readonly shape: readonly number[]; readonly base64: string }[] =
  JSON.parse(readFileSync(new URL('../../test/fixtures/npy.json', import.meta.url), 'utf8'));

const KINDS: Readonly<Record<string, new (length: number) => NpyData>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
};

describe('encodeNpy', () => {
  test.each(fixtures)('writes the bytes that NumPy writes: $dtype $shape', ({ dtype, shape, base64 }) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    const data = new KINDS[dtype](length).map((_: number, at: number) => at) as NpyData;
    expect(Buffer.from(encodeNpy(data, shape)).toString('base64')).toBe(base64);
  });

  test('takes a part of an array for what it is', () => {
    const all = Float32Array.of(9, 1, 2, 9);
    expect(encodeNpy(all.subarray(1, 3), [2])).toEqual(encodeNpy(Float32Array.of(1, 2), [2]));
  });

  test('refuses what does not fit', () => {
    expect(() => encodeNpy(new Float32Array(5), [2, 3])).toThrow('encodeNpy: 5 values do not fill [2,3].');
    expect(() => encodeNpy(new Float32Array(6), [-2, -3])).toThrow(RangeError);
    expect(() => encodeNpy(new Int8Array(1) as never, [1])).toThrow('expected one of Float32Array');
    expect(() => encodeNpy(undefined as never, [1])).toThrow(TypeError);
  });
});
