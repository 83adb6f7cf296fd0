import { expect, test } from 'vitest';
import { bfloatToFloat, floatToHalf, halfToFloat } from './half.js';

const ALL = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** What the standard says that bits mean. */
function meaning(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction / 1024 / 16384 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

test('every half float is read as IEEE 754 says', () => {
  expect([...halfToFloat(ALL)]).toEqual([...ALL].map(meaning));
});

test('every half float but NaNs is written with the bits that it was read from', () => {
  const numbers = ALL.filter((bits) => !Number.isNaN(meaning(bits)));
  expect(floatToHalf(halfToFloat(numbers))).toEqual(numbers);
  expect(floatToHalf(Float32Array.of(Number.NaN))[0] & 0x7c00).toBe(0x7c00);
  expect(floatToHalf(Float32Array.of(Number.NaN))[0] & 0x03ff).not.toBe(0);
});

test('between two half floats the nearest is written, and in the middle the even one', () => {
  const finite = ALL.filter((bits) => bits < 0x7bff);
  const [low, high] = [halfToFloat(finite), halfToFloat(finite.map((bits) => bits + 1))];
  const between = (part: number) => floatToHalf(low.map((value, at) => value + part * (high[at] - value)));
  expect(between(0.25)).toEqual(finite);
  expect(between(0.75)).toEqual(finite.map((bits) => bits + 1));
  expect(between(0.5)).toEqual(finite.map((bits) => bits + (bits % 2)));
  expect(floatToHalf(Float32Array.of(65519, 65520, 1e30))).toEqual(Uint16Array.of(0x7bff, 0x7c00, 0x7c00));
});

test('a bfloat16 is the upper half of a float32', () => {
  const floats = Float32Array.of(1, -2.5, 0, Number.POSITIVE_INFINITY, 2 ** -130);
  const upper = new Uint16Array(floats.buffer).filter((_, at) => at % 2 === 1);
  expect(bfloatToFloat(upper)).toEqual(floats);
});
