import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleInputs, exampleRecord } from '../../test/example-run.js';
import { renderReport } from '../page/render-report.js';
import { errorExamples } from './bin-pictures.js';
import { rocFigure } from './detection-curves.js';
import { drawFigures } from './draw-figures.js';
import type { Figure } from './figure.js';
import { figureDataText, parseFigureData } from './figure-data.js';

const inputs = exampleInputs();
const [size, indices] = [12 * 12, errorExamples(inputs.cae.errors)];
const images = Uint8Array.from({ length: indices.length * size }, (_, at) => at % 256);
const rows = ['Original', 'Reconstruction'].map((title) => ({ title, images }));
const history = { loss: [0.1, Number.NaN, 0.05], valLoss: [] };
const roc = rocFigure({
  name: 'roc',
  title: 'ROC',
  curves: [{ falsePositiveRates: [0, 0.5, 1], truePositiveRates: [0, 0.9, 1], thresholds: [3, 2, 1], threshold: 2 }],
});
const figures = [...drawFigures({ ...inputs, cae: { ...inputs.cae, history, examples: { indices, rows } } }), roc];
const explorable = figures.filter(
  (figure): figure is Figure & Required<Pick<Figure, 'data'>> => figure.data !== undefined,
);

test('losses, errors, latents and curves have data, and pictures have none', () => {
  expect(explorable.map(({ name, data }) => [name, data.kind])).toEqual([
    ['figure-2', 'lines'],
    ['figure-4', 'bars'],
    ['figure-5', 'lines'],
    ['figure-7', 'points'],
    ['figure-8', 'bars'],
    ['roc', 'lines'],
  ]);
});

test('data are read as they were written, and make the same page', () => {
  const again = figures.map((figure) => {
    if (figure.data === undefined) return figure;
    const data = parseFigureData(figureDataText(figure.data));
    expect(data).toEqual(JSON.parse(JSON.stringify(figure.data), (_, value) => value ?? Number.NaN));
    return { ...figure, data: data! };
  });
  expect(renderReport(exampleRecord(), again)).toBe(renderReport(exampleRecord(), figures));
});

/** Places in data, as lists of keys. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Object.keys(value).slice(0, 12);
  return keys.flatMap((key) => pathsOf((value as Record<string, unknown>)[key], [...path, key]));
}

test.each(explorable)('an object in any place of the data of $name makes them no data', ({ data }) => {
  const text = figureDataText(data);
  fc.assert(
    fc.property(fc.constantFrom(...pathsOf(JSON.parse(text))), (path) => {
      const changed = JSON.parse(text);
      const last = path.slice(0, -1).reduce((part, key) => part[key], changed);
      last[path[path.length - 1]] = { toString: 'x' };
      expect(parseFigureData(JSON.stringify(changed))).toBeUndefined();
    }),
  );
});

test.each([
  ['no JSON', 'no JSON'],
  ['another kind', figureDataText({ ...explorable[0].data, kind: 'other' } as never)],
  ['an unknown key', figureDataText({ ...explorable[0].data, more: 1 } as never)],
  ['a colour that is none', figureDataText(explorable[0].data).replace('#0b4f8a', 'url(//a.b)')],
  ['a PNG that is no base64', figureDataText(explorable[1].data).replace(/"png":"./, '"png":"\\"')],
  ['bars without their ends', figureDataText(explorable[1].data).replace('"edges":[', '"edges":[0,')],
  ['points of no class', figureDataText(explorable[3].data).replace('"members":[', '"members":[99,')],
  ['null', 'null'],
])('%s is no data of a figure', (_, text) => {
  expect(parseFigureData(text)).toBeUndefined();
});

test('arrays that are nested deeper than any stack, below any key, are no harm', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const text = figureDataText(explorable[0].data);
  for (const key of ['__proto__', 'x', 'series']) {
    const data = parseFigureData(text.replace('{', `{${JSON.stringify(key)}:${deep},`));
    const figure = { ...explorable[0], ...(data && { data }) };
    expect(renderReport(exampleRecord(), [figure])).toContain('</html>');
  }
});
