import { histogram } from '@weft/analysis';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { binOf } from './bars-plot.js';
import { ERROR_BINS, errorExamples } from './bin-pictures.js';
import { imageColours } from './colour-map.js';
import { errorHistogram } from './error-histogram.js';
import type { DatasetInfo } from './figure.js';

const error = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: 0.0005, max: 0.02, noNaN: true }) },
  fc.constantFrom(Number.NaN, Infinity),
);
const samples = fc.array(error, { maxLength: 400 });

test('the bin of a value is the one that the histogram counts it in', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }), (values) => {
      fc.pre(Math.max(...values) - Math.min(...values) > 1e-9);
      const { counts, edges } = histogram(values, ERROR_BINS);
      const found = new Array<number>(ERROR_BINS).fill(0);
      for (const value of [...values, ...edges.slice(0, -1)]) found[binOf(edges, value)]++;
      expect(found).toEqual(Array.from(counts, (count: number) => count + 1));
    }),
  );
});

test('of each bin at most eight images are shown, among them those of the smallest and of the largest error', () => {
  fc.assert(
    fc.property(samples, (errors) => {
      const indices = errorExamples(errors);
      const finite = errors.filter(Number.isFinite);
      expect(new Set(indices).size).toBe(indices.length);
      expect(indices.length > 0).toBe(finite.length > 0);
      if (finite.length === 0) return;
      const { counts, edges } = histogram(finite, ERROR_BINS);
      for (let bin = 0; bin < ERROR_BINS; bin++) {
        const all = finite.filter((each) => binOf(edges, each) === bin);
        const shown = indices.map((index) => errors[index]).filter((each) => binOf(edges, each) === bin);
        expect(shown).toHaveLength(Math.min(8, counts[bin]));
        expect(shown).toEqual(shown.toSorted((a, b) => a - b));
        if (all.length > 0) expect([shown[0], shown.at(-1)]).toEqual([Math.min(...all), Math.max(...all)]);
      }
    }),
  );
});

describe.each([1, 3])('pictures of %d channels', (channels) => {
  const dataset: DatasetInfo = { ...exampleInputs().dataset, height: 3, width: 2, channels };
  const errors = Float64Array.of(0.5, 0.1, Number.NaN, 0.9);
  const indices = errorExamples(errors);
  const images = (seed: number) =>
    Uint8Array.from({ length: indices.length * 6 * channels }, (_, at) => (at * 37 + seed * 101) % 256);
  const rows = [
    { title: 'Original', images: images(1) },
    { title: 'Reconstruction', images: images(2) },
  ];
  const draw = (given = rows) =>
    errorHistogram({
      name: 'errors',
      title: 'Errors',
      dataset,
      errors,
      as: 'counts',
      examples: { indices, rows: given, labels: indices.map((index) => index % 3) },
    });

  test('lie in one PNG, a column for each image and a row for what was made of it', () => {
    const { data } = draw();
    if (data?.kind !== 'bars' || !data.pictures) throw new Error('no pictures');
    const { png, height, width, images: shown, titles } = data.pictures;
    expect(shown).toEqual([
      { index: 1, error: 0.1, className: 'Trouser' },
      { index: 0, error: 0.5, className: 'T-shirt/top' },
      { index: 3, error: 0.9, className: 'T-shirt/top' },
    ]);
    expect({ titles, height, width }).toEqual({ titles: ['Original', 'Reconstruction'], height: 3, width: 2 });
    const sheet = decode(Buffer.from(png, 'base64'));
    expect([sheet.width, sheet.height, sheet.channels]).toEqual([6, 6, channels]);
    rows.forEach(({ images }, row) => {
      indices.forEach((_, column) => {
        const picture = images.subarray(column * 6 * channels, (column + 1) * 6 * channels);
        const drawn = Array.from(picture, (_, at) => {
          const [y, x, k] = [Math.floor(at / channels / 2), Math.floor(at / channels) % 2, at % channels];
          return sheet.data[((row * 3 + y) * 6 + column * 2 + x) * channels + k];
        });
        expect(drawn).toEqual([...picture]);
      });
    });
  });

  test('that do not fit are refused with both numbers', () => {
    const short = [rows[0], { title: 'Reconstruction', images: rows[1].images.subarray(1) }];
    expect(() => draw(short)).toThrow(
      `images of Reconstruction holds ${18 * channels - 1} values, expected ${18 * channels}`,
    );
    expect(() => draw([rows[0]])).toThrow('rows of examples after the first is empty');
  });
});

test('large pictures are made smaller, so that a page can hold them', () => {
  const dataset: DatasetInfo = { ...exampleInputs().dataset, height: 256, width: 128, channels: 3 };
  const errors = Float64Array.from({ length: 200 }, (_, index) => index);
  const indices = errorExamples(errors);
  const images = new Uint8Array(indices.length * 256 * 128 * 3).fill(200);
  const rows = ['Original', 'Reconstruction'].map((title) => ({ title, images }));
  const { data } = errorHistogram({
    name: 'e',
    title: 'E',
    dataset,
    errors,
    as: 'counts',
    examples: { indices, rows },
  });
  if (data?.kind !== 'bars' || !data.pictures) throw new Error('no pictures');
  const { height, width } = data.pictures;
  expect(height / width).toBeCloseTo(2, 0);
  expect(indices.length * height * width * 6).toBeLessThan(1.4e6);
  expect([...imageColours(images.subarray(0, 3), 3)]).toEqual([200, 200, 200]);
});
