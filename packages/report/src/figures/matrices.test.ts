import { confusionMatrix } from '@weft/analysis';
import { describe, expect, test } from 'vitest';
import { sequence } from '../../test/example-run.js';
import { expectLaws, occurrences, textsOf } from '../../test/figure-laws.js';
import { confusionMatrixFigure, matrixFigure } from './matrices.js';

const heading = { name: 'table', title: 'Who takes what for what' };
const LONG = 'a class with a rather long name, number';

function confused(classes: number, examples: number): Uint32Array {
  const next = sequence(classes);
  const labels = Array.from({ length: examples }, (_, index) => index % classes);
  const predicted = labels.map((label) => (next() < 0.8 ? label : Math.floor(next() * classes)));
  return confusionMatrix(labels, predicted, classes);
}

const cells = (svg: string) => occurrences(/<g data-series="cells".*?<\/g><\/g>/s.exec(svg)![0], /<rect /g);

describe('a confusion matrix', () => {
  test.each([
    [1, 5],
    [2, 100],
    [10, 10_000],
    [20, 2000],
    [20, 5_000_000],
  ])(
    'of %d classes and %d examples obeys the laws of figures, with a cell for each pair',
    async (classes, examples) => {
      const counts = confused(classes, Math.min(examples, 2000)).map((count) => Math.round((count * examples) / 2000));
      const classNames = Array.from({ length: classes }, (_, index) =>
        classes === 20 ? `${LONG} ${index}` : `c${index}`,
      );
      const { svg } = await expectLaws(() => confusionMatrixFigure({ ...heading, counts, classNames }));
      expect(cells(svg)).toBe(classes * classes);
    },
  );

  test('has counts, shares of the row, and says what is right', () => {
    const { svg, caption } = confusionMatrixFigure({
      ...heading,
      counts: [90, 10, 5, 15],
      classNames: ['good', 'bad'],
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['90', '90 %', '10', '10 %', '5', '25 %', '15', '75 %']));
    expect(caption).toContain('In all 87.5 % are right. The lowest share that is right is 75.0 % (bad).');
    expect(caption).toContain('25.0 % of bad as good');
  });

  test('leaves the shares of a class without examples open', async () => {
    const { svg, caption } = await expectLaws(() =>
      confusionMatrixFigure({ ...heading, counts: [0, 0, 0, 5], classNames: ['a', 'b'] }),
    );
    expect(textsOf(svg).filter((text) => text === '–')).toHaveLength(2);
    expect(caption).toContain('5 examples');
  });

  test('refuses counts that are no counts or not one for each pair', () => {
    const draw =
      (counts: number[], classNames = ['a', 'b']) =>
      () =>
        confusionMatrixFigure({ ...heading, counts, classNames });
    expect(draw([1, 2, 3])).toThrow('counts holds 3 values, expected 4, one for each pair of 2 classes');
    expect(draw([1, 2, 3, -1])).toThrow('counts[3] is -1, expected a whole number from 0');
    expect(draw([1, 2, 3, 0.5])).toThrow('counts[3] is 0.5');
    expect(draw([], [])).toThrow('the number of classNames is 0, expected a finite number from 1 to 20');
  });
});

describe('a table of numbers', () => {
  const draw = (rows: number, columns: number, value: (at: number) => number, changes = {}) =>
    matrixFigure({
      ...heading,
      rows: Array.from({ length: rows }, (_, index) => `${LONG} ${index}`),
      columns: Array.from({ length: columns }, (_, index) => `gaussian:0.${index}`),
      values: Array.from({ length: rows * columns }, (_, at) => value(at)),
      valueName: 'PSNR (dB)',
      rowTitle: 'Trained on',
      columnTitle: 'Tested on',
      ...changes,
    });

  test.each([
    [1, 1],
    [6, 6],
    [30, 3],
    [2, 30],
  ])('of %d rows and %d columns obeys the laws of figures', async (rows, columns) => {
    const { svg } = await expectLaws(() => draw(rows, columns, (at) => 20 + at));
    expect(cells(svg)).toBe(rows * columns);
  });

  test('frames the best of each column', () => {
    const count = (best: string) =>
      occurrences(draw(3, 4, (at) => (at * 7) % 11, { best }).svg, /<rect[^>]*fill="none"/g);
    expect(count('lowest')).toBe(4);
    expect(draw(2, 1, (at) => [3, 8][at], { best: 'lowest' }).caption).toContain('From 3.00');
    expect(occurrences(draw(3, 4, () => Number.NaN, { best: 'lowest' }).svg, /<rect[^>]*fill="none"/g)).toBe(0);
  });

  test('leaves blank what is not finite, and says so', async () => {
    const { caption } = await expectLaws(() => draw(2, 2, (at) => [1, Number.NaN, Number.POSITIVE_INFINITY, 2][at]));
    expect(caption).toContain('2 values not finite and left blank');
    expect((await expectLaws(() => draw(2, 2, () => Number.NaN))).caption).toContain('No value is a finite number');
  });

  test('has logarithmic colours where numbers span much, and says so', () => {
    expect(textsOf(draw(1, 3, (at) => 10 ** -at).svg)).toContain('PSNR, log scale');
    expect(textsOf(draw(1, 3, (at) => 1 + at).svg)).toContain('PSNR');
  });

  test('refuses values that are not one for each pair', () => {
    expect(() => draw(2, 3, () => 1, { values: [1] })).toThrow('values holds 1 values, expected 6, 2 rows of 3');
    expect(() => draw(0, 3, () => 1)).toThrow('rows is empty');
    expect(() => draw(31, 3, () => 1)).toThrow('the number of rows is 31');
  });
});
