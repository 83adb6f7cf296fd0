import { bootstrapInterval } from '@weft/analysis';
import { expect, test } from 'vitest';
import { sequence } from '../../test/example-run.js';
import { expectLaws, occurrences, textsOf } from '../../test/figure-laws.js';
import { type IntervalGroup, intervalsFigure } from './intervals.js';

const heading = { name: 'seeds', title: 'Test errors', valueName: 'Mean squared error (squared pixel intensity)' };
const draw = (groups: IntervalGroup[], changes = {}) => intervalsFigure({ ...heading, groups, ...changes });

function group(name: string, count: number, around = 0.003): IntervalGroup {
  const next = sequence(count);
  const values = Array.from({ length: count }, () => around * (0.9 + 0.2 * next()));
  return { name, values, interval: bootstrapInterval(values, { seed: 1 }) };
}
const groupOf = (svg: string, name: string) => new RegExp(`<g data-series="${name}".*?</g>`, 's').exec(svg)![0];

test.each([
  ['one group of one value', [group('CAE', 1)], {}],
  ['three groups', [group('CAE', 5), group('CDAE', 5, 0.012), { name: 'Keras', values: [0.003, 0.004] }], {}],
  [
    'forty long names, a long subtitle and references',
    Array.from({ length: 40 }, (_, index) => group(`a configuration with a long name, number ${index}`, 20)),
    {
      subtitle: 'Fashion-MNIST · five seeds for each of the configurations',
      intervalName: '95 % interval of the mean by bootstrap',
      references: [{ name: 'a reference with a name that is rather long', value: 0.01 }],
    },
  ],
  [
    'no value',
    [
      { name: 'a', values: [] },
      { name: 'b', values: [Number.NaN] },
    ],
    {},
  ],
])('the laws of figures hold for %s', async (_, groups, changes) => {
  await expectLaws(() => draw(groups, changes));
});

test('each value is a point between the ends of its axis, the interval lies around its estimate', () => {
  const five = group('CAE', 5);
  const { svg, caption } = draw([five, group('CDAE', 7)]);
  const circles = [...groupOf(svg, 'CAE').matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(circles).toHaveLength(5 + 1);
  const [, from, to] = /M([\d.]+) [\d.]+H([\d.]+)/.exec(groupOf(svg, 'CAE'))!;
  expect(Number(from)).toBeLessThan(circles[5]);
  expect(Number(to)).toBeGreaterThan(circles[5]);
  expect(Math.min(...circles)).toBeGreaterThan(24);
  expect(Math.max(...circles)).toBeLessThan(972);
  const order = Array.from(five.values).sort((a, b) => a - b);
  expect(circles.slice(0, 5).sort((a, b) => a - b)).toEqual(
    Array.from(five.values, (value) => circles[Array.from(five.values).indexOf(value)]).sort((a, b) => a - b),
  );
  expect(circles[Array.from(five.values).indexOf(order[0])]).toBe(Math.min(...circles));
  expect(caption).toMatch(/CAE 0\.00\d+ \[0\.00\d+, 0\.00\d+\]/);
});

test('an interval may stand without the values that it is of', () => {
  const { svg, caption } = draw([{ ...group('a', 5), values: [] }]);
  expect(textsOf(svg)).not.toContain('single values');
  expect(caption).not.toContain('single values');
  expect(groupOf(svg, 'a').match(/<circle/g)).toHaveLength(1);
});

test('without an interval the median stands alone', () => {
  const { svg, caption } = draw([{ name: 'a', values: [1, 2, 9] }]);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['median', '2.00']));
  expect(caption).toContain('medians and the single values. a 2.00.');
});

test('of many values an even share is drawn, and what is not finite is counted', () => {
  const { svg, caption } = draw([
    { name: 'a', values: Array.from({ length: 5000 }, (_, index) => (index === 7 ? Number.NaN : index)) },
  ]);
  expect(occurrences(groupOf(svg, 'a'), /<circle /g)).toBe(500 + 1);
  expect(caption).toContain('Of more than 500 values an even share is drawn. 1 value not finite and left out.');
});

test('references are lines across the groups', () => {
  const { svg, caption } = draw([group('a', 3)], {
    references: [
      { name: 'Keras', value: 0.0031 },
      { name: 'SciPy', value: 0.0033 },
    ],
  });
  expect(occurrences(svg, /data-reference="/g)).toBe(2);
  expect(caption).toContain('For comparison: Keras 0.00310, SciPy 0.00330.');
  expect(() => draw([group('a', 3)], { references: [{ name: 'Keras', value: Number.NaN }] })).toThrow(
    'the reference Keras is NaN',
  );
});

test('no group and too many are refused', () => {
  expect(() => draw([])).toThrow('groups is empty');
  expect(() => draw(Array(41).fill(group('a', 1)))).toThrow('the number of groups is 41');
});
