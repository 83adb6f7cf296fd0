import { describe, expect, test } from 'vitest';
import { corners, expectLaws, occurrences, textsOf } from '../../test/figure-laws.js';
import { type LinesSeries, linesFigure } from './lines.js';

const heading = { name: 'lines', title: 'PSNR by strength', xTitle: 'Strength', yTitle: 'PSNR (dB)' };
const draw = (series: LinesSeries[], changes = {}) => linesFigure({ ...heading, series, ...changes });
const line = (name: string, count: number, banded = false): LinesSeries => {
  const x = Array.from({ length: count }, (_, index) => (index + 1) / 10);
  const y = x.map((value) => 30 - 8 * value);
  return { name, x, y, ...(banded ? { low: y.map((value) => value - 1), high: y.map((value) => value + 1) } : {}) };
};

test.each([
  ['one point', [line('a', 1)]],
  ['two series with bands', [line('a', 6, true), line('b', 6, true)]],
  [
    'ten long names',
    Array.from({ length: 10 }, (_, index) => line(`a model with a name of some length, ${index}`, 40)),
  ],
  ['nothing finite', [{ name: 'a', x: [1, 2], y: [Number.NaN, Number.POSITIVE_INFINITY] }]],
])('the laws of figures hold for %s', async (_, series) => {
  await expectLaws(() => draw(series));
});

test('a mark for each point, within the plot, and lower where the value is lower', () => {
  const { svg } = draw([line('a', 6), line('b', 6)]);
  expect(occurrences(/<g data-series="a".*?<\/g>/s.exec(svg)![0], /<path /g)).toBe(1 + 6);
  const points = corners(svg, 'a');
  expect(points).toHaveLength(6);
  for (const { x, y } of points) {
    expect(x).toBeGreaterThanOrEqual(112);
    expect(x).toBeLessThanOrEqual(972);
    expect(y).toBeGreaterThanOrEqual(16);
    expect(y).toBeLessThanOrEqual(420);
  }
  for (let at = 1; at < 6; at++) expect(points[at].y).toBeGreaterThan(points[at - 1].y);
});

test('points that are not joined have marks and no line, whatever their number', () => {
  const { svg, caption } = draw([line('a', 60)], { joined: false, logarithmicX: true });
  const drawn = /<g data-series="a".*?<\/g>/s.exec(svg)![0];
  expect(occurrences(drawn, /<path /g) + occurrences(drawn, /<circle /g)).toBe(60);
  expect(drawn).not.toContain('stroke-linejoin');
  expect(caption).toContain('a (60 points)');
  expect(svg).toContain('Strength (log scale)');
});

test('one series has no legend, and its ends are told', () => {
  const { svg, caption } = draw([line('CDAE', 4)]);
  expect(textsOf(svg)).not.toContain('CDAE');
  expect(caption).toBe('PSNR (dB) against strength. CDAE: 29.2 at 0.100, 26.8 at 0.400.');
});

test('axes are logarithmic where numbers span much, and say so', () => {
  const wide = { name: 'a', x: [2, 16, 128], y: [1, 0.1, 0.01] };
  const { svg } = draw([wide]);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['Strength (log scale)', 'PSNR (dB, log scale)']));
  const [first, second, third] = corners(svg, 'a');
  expect(second.x - first.x).toBeCloseTo(third.x - second.x, 1);
  expect(second.y - first.y).toBeCloseTo(third.y - second.y, 1);
  expect(textsOf(draw([line('a', 5)]).svg).join()).not.toContain('log scale');
});

describe('what does not fit', () => {
  test('is refused', () => {
    expect(() => draw([])).toThrow('series is empty');
    expect(() => draw([{ name: 'a', x: [1, 2], y: [1] }])).toThrow('y of a holds 1 values, expected 2, as x does');
    expect(() => draw([{ name: 'a', x: [1], y: [1], low: [0] }])).toThrow('a has one end of a band only');
    expect(() => draw([line('a', 2)], { colour: 'red' })).toThrow('unknown option "colour"');
  });

  test('or is no finite number is left out and counted', () => {
    const { svg, caption } = draw([{ name: 'a', x: [1, 2, 3, 4], y: [1, Number.NaN, 3, 4] }]);
    expect(corners(svg, 'a')).toHaveLength(3);
    expect(caption).toContain('1 point not finite and left out');
  });
});
