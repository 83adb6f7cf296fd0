import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counted,
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  powerOfTen,
} from './numbers.js';

test.each([
  [0.0036, '0.00360'],
  [0.00012345, '0.000123'],
  [0.9996, '1.00'],
  [12.44, '12.4'],
  [999.7, '1,000'],
  [48000, '48,000'],
  [-2.5, '−2.50'],
  [0, '0'],
  [3.61e-7, '3.61 × 10⁻⁷'],
  [1.5e12, '1.50 × 10¹²'],
  [Number.NaN, 'not a number'],
  [Number.POSITIVE_INFINITY, 'infinite'],
])('formatNumber(%d) is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('a formatted number reads back to within its digits', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), fc.integer({ min: 2, max: 6 }), (value, digits) => {
      const [mantissa, power] = formatNumber(value, digits).replaceAll(',', '').split(' × 10');
      const exponent = power ? [...power].map((c) => (c === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))).join('') : '0';
      const back = Number(`${mantissa}e${exponent}`);
      expect(Math.abs(back - value)).toBeLessThanOrEqual(value * 0.51 * 10 ** (1 - digits));
    }),
  );
});

test('counts, percentages, durations and bytes read as prose has them', () => {
  expect(formatCount(10000)).toBe('10,000');
  expect(formatPercent(0.8734)).toBe('87.3 %');
  expect(formatPercent(Number.NaN)).toBe('not a number');
  expect(formatSeconds(0.84)).toBe('0.84 s');
  expect(formatSeconds(59.97)).toBe('1 min 00 s');
  expect(formatSeconds(245)).toBe('4 min 05 s');
  expect(formatSeconds(7620)).toBe('2 h 07 min');
  expect(formatBytes(512)).toBe('512 bytes');
  expect(formatBytes(412_000_000)).toBe('412 MB');
  expect(counted(1, 'epoch')).toBe('1 epoch');
  expect(counted(2, 'class', 'classes')).toBe('2 classes');
  expect(powerOfTen(-14)).toBe('10⁻¹⁴');
});
