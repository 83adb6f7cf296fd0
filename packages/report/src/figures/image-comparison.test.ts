import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { expectLaws, occurrences, textsOf } from '../../test/figure-laws.js';
import { imageColours } from './colour-map.js';
import { imageGridFigure } from './image-comparison.js';

const heading = { name: 'grid', title: 'Pictures' };

/** Rows of ten pictures as an invented run has them, of a user's data set. */
function pictures(options: { height?: number; width?: number; channels?: number } = {}) {
  const { dataset, cae, cdae } = exampleInputs(options);
  return {
    dataset: { ...dataset, name: 'screws' },
    rows: [
      { title: 'Noisy', images: cdae.noisy },
      { title: 'Clean', images: cae.originals },
      { title: 'Denoised by a model with a long name', images: cdae.denoised },
    ],
  };
}

/** The first picture of a figure as it was embedded. */
function firstPicture(svg: string) {
  const [, uri] = /<image[^>]* href="data:image\/png;base64,([^"]*)"/.exec(svg)!;
  return decode(Buffer.from(uri, 'base64'));
}

describe.each([
  [{}],
  [{ channels: 3 }],
  [{ channels: 4, height: 20, width: 9 }],
  [{ height: 200, width: 320, channels: 3 }],
  [{ height: 3, width: 60 }],
])('pictures of %j', (options) => {
  test('obey the laws of figures, and are as many as there are', async () => {
    const { dataset, rows } = pictures(options);
    const { svg } = await expectLaws(() => imageGridFigure({ ...heading, dataset, rows, target: 'Clean' }));
    const keys = dataset.channels === 1 ? 1 : 0;
    expect(occurrences(svg, /<image /g)).toBe(30 + keys);
  });
});

test('the numbers below are mean squared errors against the target', () => {
  const { dataset } = pictures({ height: 2, width: 2 });
  const rows = [
    { title: 'Clean', images: Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1) },
    { title: 'CAE', images: Float32Array.of(0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1) },
  ];
  const { svg, caption } = imageGridFigure({ ...heading, dataset, rows, target: 'Clean' });
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['0.25', '0']));
  expect(caption).toBe(
    '2 images from top to bottom: clean, CAE. The number below an image is its mean squared error against the clean image, in squared pixel intensity.',
  );
});

test('one channel is grey, but magma for Fashion-MNIST', () => {
  const { dataset, rows } = pictures();
  const isGrey = ({ data }: ReturnType<typeof decode>) => data.every((value, at) => value === data[at - (at % 3)]);
  expect(isGrey(firstPicture(imageGridFigure({ ...heading, dataset, rows }).svg))).toBe(true);
  const known = { ...dataset, name: 'fashion-mnist' };
  expect(isGrey(firstPicture(imageGridFigure({ ...heading, dataset: known, rows }).svg))).toBe(false);
});

describe('four channels', () => {
  test('show the colour where it is opaque, and a board of two greys where nothing is', () => {
    const opaque = Uint8Array.of(10, 20, 30, 255, 200, 100, 0, 255);
    expect([...imageColours(opaque, 4)]).toEqual([10, 20, 30, 200, 100, 0]);
    const nothing = new Uint8Array(16 * 16 * 4).fill(77).map((value, at) => (at % 4 === 3 ? 0 : value));
    const board = imageColours(nothing, 4, { width: 16 });
    expect(new Set(board)).toEqual(new Set([204, 255]));
    const half = imageColours(Float32Array.of(1, 0, 0.5, 0.5), 4);
    expect([...half]).toEqual([230, 102, 166]);
  });
});

test('a picture that is drawn smaller is averaged to what is drawn', () => {
  const { dataset, rows } = pictures({ height: 200, width: 320, channels: 3 });
  const images = new Uint8Array(rows[0].images.length).fill(90);
  const picture = firstPicture(imageGridFigure({ ...heading, dataset, rows: [{ title: 'Flat', images }] }).svg);
  expect(picture.width).toBeLessThan(320);
  expect(picture.data.every((value) => value === 90)).toBe(true);
});

test('rows without a target may differ in length, and what is beyond the columns is told', () => {
  const { dataset, rows } = pictures();
  const [first, second] = rows;
  const shorter = { ...second, images: second.images.subarray(0, 3 * 144) };
  const { svg, caption } = imageGridFigure({ ...heading, dataset, rows: [first, shorter], columns: 4 });
  expect(occurrences(svg, /<image /g)).toBe(4 + 3 + 1);
  expect(caption).toContain('Drawn are the first 4 of 10');
});

test('no pictures at all are no error', async () => {
  const { dataset } = pictures();
  await expectLaws(() => imageGridFigure({ ...heading, dataset, rows: [{ title: 'None', images: new Uint8Array() }] }));
});

test('what does not fit is refused with what was got', () => {
  const { dataset, rows } = pictures();
  const draw = (changes: object) => () => imageGridFigure({ ...heading, dataset, rows, ...changes });
  expect(draw({ rows: [{ title: 'Cut', images: rows[0].images.subarray(1) }] })).toThrow(
    'imageGridFigure: the row Cut holds 1439 values, expected a multiple of 12 x 12 x 1',
  );
  expect(draw({ target: 'Original' })).toThrow('the target is Original, expected the title of a row (Noisy, Clean, ');
  expect(draw({ rows: [rows[0], { ...rows[1], images: rows[1].images.subarray(144) }], target: 'Noisy' })).toThrow(
    'the row Clean holds 9 images, expected 10, as the target Noisy',
  );
  expect(draw({ rows: [{ ...rows[0], captions: ['one'] }] })).toThrow('has 1 captions for 10 images');
  expect(draw({ columns: 0 })).toThrow('columns is 0, expected a whole number from 1 to 20');
  expect(draw({ rows: [] })).toThrow('rows is empty');
});
