import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { decodeNpy } from '../npy/decode.js';
import { encodeNpy } from '../npy/encode.js';
import { NpyError } from '../npy/error.js';
import { decodeNpz, encodeNpz, npzFiles } from './npz.js';

const fixtures: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('../../test/fixtures/npz.json', import.meta.url), 'utf8'),
);

const arrays = {
  x_train: { data: Uint8Array.from({ length: 12 }, (_, at) => at), shape: [3, 2, 2] },
  y: { data: BigInt64Array.of(0n, 1n, 2n), shape: [3] },
  'long/name': { data: Float64Array.from({ length: 1600 }, (_, at) => at), shape: [40, 40] },
};
const plain = (bytes: Uint8Array) => [...decodeNpz(bytes)].map(([name, { data, shape }]) => [name, { data, shape }]);

describe('npz', () => {
  test.each(['savez', 'savez_compressed'])('reads what numpy.%s has written', (name) => {
    expect(plain(Buffer.from(fixtures[name], 'base64'))).toEqual(Object.entries(arrays));
  });

  test.each([false, true])('reads what it has written, compressed: %s', (compress) => {
    expect(plain(encodeNpz(arrays, { compress }))).toEqual(Object.entries(arrays));
  });

  test('the same arrays give the same bytes, and compressed ones take fewer', () => {
    expect(encodeNpz(arrays)).toEqual(encodeNpz(arrays));
    expect(encodeNpz(arrays, { compress: true }).length).toBeLessThan(encodeNpz(arrays).length / 2);
  });

  test('keeps type and orders of each array', () => {
    const bytes = encodeNpz({ a: { data: Float32Array.of(1, 2), shape: [1, 2], dtype: 'float16', order: 'F' } });
    expect(decodeNpz(bytes).get('a')).toEqual({ dtype: 'float16', shape: [1, 2], data: Float32Array.of(1, 2) });
    expect(decodeNpy(npzFiles(bytes).get('a') as Uint8Array).dtype).toBe('float16');
  });

  test('refuses a zip file with other things, naming them', () => {
    const bytes = zipSync({ 'notes.txt': new Uint8Array(3) });
    expect(() => decodeNpz(bytes)).toThrow("It holds 'notes.txt', which is no array.");
    const damaged = zipSync({ 'x.npy': encodeNpy(new Float32Array(2), [2]).subarray(0, 130) });
    expect(() => decodeNpz(damaged)).toThrow("Array 'x': It has 130 bytes");
    expect(() => encodeNpz({ '': { data: new Float32Array(1), shape: [1] } })).toThrow(NpyError);
  });

  test('a bomb is refused before it is unpacked', () => {
    const size = 4 * 2 ** 20;
    const bomb = encodeNpz({ zeros: { data: new Uint8Array(size), shape: [size] } }, { compress: true });
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => decodeNpz(bomb, { maxBytes: size })).toThrow(
      `Its files have ${size + 128} bytes; at most ${size} are unpacked. Raise maxBytes if you trust it.`,
    );
    expect(decodeNpz(bomb).get('zeros')?.data.length).toBe(size);
  });
});
