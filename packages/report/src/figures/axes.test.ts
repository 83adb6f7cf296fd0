import { ticks } from 'd3-array';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bottomAxis, tickTexts } from './axes.js';

test.each([
  [[0, 0.005, 0.01], ['0.000', '0.005', '0.010'], ''],
  [[0, 0.0025, 0.005], ['0.0000', '0.0025', '0.0050'], ''],
  [[0, 500, 1000], ['0', '500', '1,000'], ''],
  [[-5, 0, 5], ['−5', '0', '5'], ''],
  [[0, 2e-5, 4e-5], ['0', '2', '4'], '10⁻⁵'],
  [[0, 1e6, 2e6], ['0', '1', '2'], '10⁶'],
  [[0.000001, 0.001, 1], ['0.000001', '0.001', '1'], ''],
])('ticks %j are written %j', (values, texts, factor) => {
  expect(tickTexts(values)).toEqual({ texts, factor });
});

test('tick texts are all different and stand for their ticks', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 10 }), (top, count) => {
      const values = ticks(0, top, count);
      const { texts, factor } = tickTexts(values);
      expect(new Set(texts).size).toBe(values.length);
      const exponent = [...factor.slice(2)].map((c) => (c === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))).join('') || '0';
      texts.forEach((text, index) => {
        const back = Number(`${text.replaceAll(',', '')}e${exponent}`);
        expect(Math.abs(back - values[index])).toBeLessThanOrEqual(top * 1e-9);
      });
    }),
  );
});

test('a power of ten stands before the unit', () => {
  const { markup } = bottomAxis({ scale: (value) => value, ticks: [0, 1e-5, 2e-5], title: 'Error (a unit)' });
  expect(markup).toContain('Error (10⁻⁵ a unit)');
});
