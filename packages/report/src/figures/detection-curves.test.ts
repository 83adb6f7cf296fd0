import { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from '@weft/analysis';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sequence } from '../../test/example-run.js';
import { corners, expectLaws, occurrences } from '../../test/figure-laws.js';
import { formatNumber } from '../text/numbers.js';
import { precisionRecallFigure, rocFigure } from './detection-curves.js';

/** Scores of which those of anomalies are larger by a shift, with ties. */
function scored(count: number, shift: number, seed = 1) {
  const next = sequence(seed);
  const labels = Array.from({ length: count }, (_, index) => (index % 4 === 0 ? 1 : 0));
  return { labels, scores: labels.map((label) => Math.round((next() + label * shift) * 100) / 100) };
}
const roc = ({ scores, labels }: ReturnType<typeof scored>) => rocCurve(scores, labels);
const pr = ({ scores, labels }: ReturnType<typeof scored>) => precisionRecallCurve(scores, labels);
const heading = { name: 'curve', title: 'Scratches' };
const names = ['CAE', 'VAE', 'a model with a name that is much longer than the legend is wide, so that it is cut'];

describe.each([
  [1, 1],
  [3, 40],
  [10, 3000],
])('%d curves', (count, examples) => {
  const curves = Array.from({ length: count }, (_, index) => scored(examples + 4, 0.1 * index, index));
  test('obey the laws of figures', async () => {
    const named = curves.map((curve, index) => ({ name: names[index % 3], ...roc(curve), threshold: 0.6 }));
    await expectLaws(() => rocFigure({ ...heading, curves: named }));
    await expectLaws(() =>
      precisionRecallFigure({ ...heading, curves: curves.map((curve) => ({ ...pr(curve), threshold: 0.6 })) }),
    );
  });
});

test('the areas in the legend are those of the scores, and curves stay within the unit square', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 400 }), fc.double({ min: -1, max: 1, noNaN: true }), (count, shift) => {
      const data = scored(count, shift, count);
      const drawn = [
        {
          text: `AUROC ${formatNumber(rocAuc(data.scores, data.labels))}`,
          figure: rocFigure({ ...heading, curves: [roc(data)] }),
        },
        {
          text: `AP ${formatNumber(averagePrecision(data.scores, data.labels))}`,
          figure: precisionRecallFigure({ ...heading, curves: [pr(data)] }),
        },
      ];
      for (const { text, figure } of drawn) {
        const points = corners(figure.svg, text);
        expect(points.length).toBeGreaterThan(1);
        for (const { x, y } of points) {
          expect(x).toBeGreaterThanOrEqual(112);
          expect(x).toBeLessThanOrEqual(612);
          expect(y).toBeGreaterThanOrEqual(16);
          expect(y).toBeLessThanOrEqual(516);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('a curve runs from corner to corner, through the point of its threshold', () => {
  const curve = roc(scored(100, 0.4));
  const at = 20;
  const { svg, caption } = rocFigure({ ...heading, curves: [{ ...curve, threshold: curve.thresholds[at] }] });
  const points = corners(svg, 'AUROC');
  expect(points[0]).toEqual({ x: 112, y: 516 });
  expect(points.at(-1)).toEqual({ x: 612, y: 16 });
  const [, x, y] = /data-series="thresholds"><g><circle cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;
  expect(Number(x)).toBeCloseTo(112 + 500 * curve.falsePositiveRates[at], 1);
  expect(Number(y)).toBeCloseTo(516 - 500 * curve.truePositiveRates[at], 1);
  expect(caption).toContain(`the false positive rate is ${formatNumber(curve.falsePositiveRates[at])}`);
});

test('the line below which the average precision lies goes in steps', () => {
  const data = scored(30, 0.5);
  const points = corners(precisionRecallFigure({ ...heading, curves: [pr(data)] }).svg, 'AP');
  for (let at = 1; at < points.length; at++) {
    const [dx, dy] = [points[at].x - points[at - 1].x, points[at].y - points[at - 1].y];
    expect(Math.min(Math.abs(dx), Math.abs(dy))).toBeLessThan(1);
  }
  const area = points.reduce(
    (sum, { x, y }, at) => sum + ((516 - y) / 500) * ((x - (points[at - 1]?.x ?? 112)) / 500),
    0,
  );
  expect(area).toBeCloseTo(averagePrecision(data.scores, data.labels), 2);
});

test('chance is one line of the share of positive examples, or one for each share', () => {
  const lines = (curves: ReturnType<typeof pr>[]) =>
    occurrences(precisionRecallFigure({ ...heading, curves }).svg, />chance \(/g);
  expect(lines([pr(scored(40, 0.2)), pr(scored(40, 0.4))])).toBe(1);
  expect(lines([pr(scored(40, 0.2)), pr(scored(41, 0.4))])).toBe(2);
});

test('a curve of a hundred thousand examples stays small', () => {
  const curve = roc(scored(100_000, 0.3));
  const many = Float64Array.from({ length: 100_000 }, (_, index) => index / 99_999);
  expect(rocFigure({ ...heading, curves: [curve] }).svg.length).toBeLessThan(60_000);
  const straight = { falsePositiveRates: many, truePositiveRates: many };
  expect(rocFigure({ ...heading, curves: [straight] }).svg.length).toBeLessThan(60_000);
});

test('lists that do not fit are refused with both numbers', () => {
  const curve = roc(scored(20, 0.2));
  const draw = (changes: object) => () => rocFigure({ ...heading, curves: [{ ...curve, ...changes }] });
  expect(draw({ truePositiveRates: [0, 1] })).toThrow(
    /curves\[0\]\.truePositiveRates holds 2 values, expected \d+, as falsePositiveRates does/,
  );
  expect(draw({ thresholds: [1] })).toThrow(/thresholds holds 1 values/);
  expect(draw({ thresholds: undefined, threshold: 1 })).toThrow('has a threshold but no thresholds');
  expect(draw({ falsePositiveRates: [0, 2], truePositiveRates: [0, 1] })).toThrow(/falsePositiveRates\[1\] is 2/);
  expect(() => rocFigure({ ...heading, curves: [] })).toThrow('curves is empty');
  expect(() => rocFigure({ ...heading, name: '../roc', curves: [curve] })).toThrow('is no name of a figure');
  expect(() => precisionRecallFigure({ ...heading, curve: [] } as never)).toThrow('unknown option "curve"');
});
