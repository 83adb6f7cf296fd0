import { expect, test } from 'vitest';
import { sequence } from '../../test/example-run.js';
import { expectLaws, textsOf } from '../../test/figure-laws.js';
import { type ScoreGroup, scoreHistogram } from './score-histogram.js';

const heading = { name: 'scores', title: 'Scores' };
const draw = (groups: ScoreGroup[], changes = {}) => scoreHistogram({ ...heading, groups, ...changes });

function group(name: string, count: number, around: number, spread = 1): ScoreGroup {
  const next = sequence(count);
  return { name, scores: Float64Array.from({ length: count }, () => around * 10 ** (spread * (next() - 0.5))) };
}

/** Areas below the outline of a group, in square pixels. */
function area(svg: string, name: string): number {
  const [, d] = new RegExp(`data-series="${name}" d="([^"]*)"`).exec(svg)!;
  let [, x, y] = /^M([\d.]+) ([\d.]+)/.exec(d)!.map(Number);
  const bottom = y;
  let sum = 0;
  for (const [, command, value] of d.matchAll(/([VH])([\d.]+)/g)) {
    if (command === 'V') y = Number(value);
    else {
      sum += (Number(value) - x) * (bottom - y);
      x = Number(value);
    }
  }
  return sum;
}

test.each([
  ['two groups', [group('normal', 1000, 0.01, 0.4), group('anomalous', 30, 0.02, 0.4)], { threshold: 0.015 }],
  [
    'six groups with long names',
    Array.from({ length: 6 }, (_, index) => group(`a defect with a long name ${index}`, 99, 0.01 * (index + 1), 2)),
    { threshold: 0.1 },
  ],
  ['equal scores', [{ name: 'normal', scores: [1, 1] }], { threshold: 30 }],
  ['scores of 0', [{ name: 'normal', scores: [0, 0, 0] }], {}],
  ['negative scores', [{ name: 'normal', scores: [-5, -3, -4.5] }], { threshold: -4 }],
  [
    'nothing finite',
    [
      { name: 'normal', scores: [Number.NaN] },
      { name: 'anomalous', scores: [] },
    ],
    { threshold: 1 },
  ],
])('the laws of figures hold for %s', async (_, groups, changes) => {
  await expectLaws(() => draw(groups, changes));
});

test('groups are of the same area, whatever their size', () => {
  const { svg } = draw([group('normal', 1000, 0.01, 0.4), group('anomalous', 30, 0.02, 0.4)]);
  expect(area(svg, 'normal') / area(svg, 'anomalous')).toBeCloseTo(1, 2);
  const wide = draw([group('normal', 1000, 0.01, 4), group('anomalous', 30, 0.02, 4)]).svg;
  expect(area(wide, 'normal') / area(wide, 'anomalous')).toBeCloseTo(1, 2);
});

test('scores that span much are on a logarithmic axis, unless one is not positive', () => {
  const axis = 'Mean squared error of an image (squared pixel intensity, log scale)';
  const wide = group('normal', 500, 0.01, 4);
  expect(textsOf(draw([wide]).svg)).toContain(axis);
  expect(textsOf(draw([wide], { threshold: -1 }).svg)).not.toContain(axis);
  expect(textsOf(draw([{ name: 'normal', scores: [0, ...Array.from(wide.scores)] }]).svg)).not.toContain(axis);
});

test('the caption tells how many reach the threshold', () => {
  const groups = [
    { name: 'normal', scores: [1, 2, 3, 4] },
    { name: 'anomalous', scores: [3, 4, 5, Number.NaN] },
  ];
  const { caption, svg } = draw(groups, { threshold: 3 });
  expect(caption).toContain('normal (4 examples, median 2.50), anomalous (3 examples, median 4.00).');
  expect(caption).toContain('3.00 (dashed): normal 50.0 %, anomalous 100.0 %. 1 score not finite and left out.');
  expect(svg).toContain('data-series="threshold"');
});

test('what cannot be drawn is refused', () => {
  expect(() => draw([])).toThrow('groups is empty');
  expect(() => draw(Array(7).fill(group('a', 3, 1)))).toThrow('the number of groups is 7');
  expect(() => draw([group('a', 3, 1)], { threshold: Number.NaN })).toThrow('threshold is NaN');
});
