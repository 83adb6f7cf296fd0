import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { exampleInputs, sequence } from '../../test/example-run.js';
import { expectLaws, occurrences, textsOf } from '../../test/figure-laws.js';
import { DIVERGING, MAGMA } from './colour-map.js';
import { errorHeatmaps } from './error-heatmaps.js';
import { featureMapsFigure, filtersFigure } from './filters.js';
import { interpolationFigure, samplesFigure } from './generated-images.js';
import { maskOutline } from './mask-outline.js';

const heading = { name: 'pictures', title: 'Pictures' };
const { dataset, cae } = exampleInputs({ height: 8, width: 6 });
const ten = cae.originals;
const size = 8 * 6;
const pictures = (svg: string) =>
  [...svg.matchAll(/<image[^>]* href="data:image\/png;base64,([^"]*)"/g)].map(([, uri]) =>
    decode(Buffer.from(uri, 'base64')),
  );

function weights(count: number): Float32Array {
  const next = sequence(count);
  return Float32Array.from({ length: count }, () => next() - 0.5);
}

describe('samples', () => {
  test.each([0, 1, 7, 10])('%d of them obey the laws of figures, each drawn once', async (count) => {
    const images = ten.subarray(0, count * size);
    const { svg } = await expectLaws(() => samplesFigure({ ...heading, dataset, images, columns: 4 }));
    expect(pictures(svg)).toHaveLength(count + 1);
  });

  test('have their captions in order, and other numbers of them are refused', () => {
    const captions = Array.from({ length: 10 }, (_, index) => `s${index}`);
    const draw = (given: string[]) => samplesFigure({ ...heading, dataset, images: ten, captions: given, columns: 4 });
    expect(textsOf(draw(captions).svg).filter((text) => text.startsWith('s'))).toEqual(captions);
    expect(() => draw(['one'])).toThrow('captions holds 1 values, expected 10');
    expect(() => samplesFigure({ ...heading, dataset, images: ten.subarray(1) })).toThrow('images holds 479 values');
  });
});

describe('interpolations', () => {
  test('obey the laws of figures, with frames around the first and the last of each strip', async () => {
    const strips = [{ title: 'a title that is longer than its strip is high', images: ten }, { images: ten }];
    const { svg } = await expectLaws(() => interpolationFigure({ ...heading, dataset, strips }));
    expect(occurrences(svg, /<rect[^>]*fill="none"/g)).toBe(4);
    expect(textsOf(svg).filter((text) => ['A', 'B'].includes(text))).toEqual(['A', 'B', 'A', 'B']);
    expect(textsOf(svg)).toContain('0.11');
  });

  test('of one image, or of different numbers, are refused', () => {
    const draw = (...counts: number[]) =>
      interpolationFigure({
        ...heading,
        dataset,
        strips: counts.map((count) => ({ images: ten.subarray(0, count * size) })),
      });
    expect(() => draw(1)).toThrow('the number of images of a strip is 1');
    expect(() => draw(3, 4)).toThrow('strips[1] holds 4 images, expected 3, as strips[0]');
    expect(() => draw()).toThrow('strips is empty');
  });
});

describe('heat maps of errors', () => {
  const heatMaps = weights(10 * size).map((value) => value * value);
  const masks = Uint8Array.from({ length: 10 * size }, (_, index) => (index % size < 9 && index < 3 * size ? 255 : 0));
  const draw = (changes = {}) =>
    errorHeatmaps({ ...heading, dataset, pictures: ten, reconstructions: ten, heatMaps, ...changes });

  test('obey the laws of figures, with a picture, a reconstruction and a map for each of the first eight', async () => {
    const { svg, caption } = await expectLaws(() => draw({ masks, captions: Array(10).fill('score 0.1') }));
    expect(pictures(svg)).toHaveLength(8 * 3 + 1);
    expect(caption).toContain('which 3 pictures have. Drawn are the first 8 of 10.');
  });

  test('are black where there is no error and brightest at the largest one', () => {
    const map = Float32Array.from({ length: size }, (_, index) => (index === 5 ? 0.4 : 0));
    const { svg } = errorHeatmaps({ ...heading, dataset, pictures: ten.subarray(0, size), heatMaps: map });
    const drawn = pictures(svg)[1];
    const factor = drawn.width / 6;
    const at = (pixel: number) => {
      const start = (Math.floor(pixel / 6) * factor * drawn.width + (pixel % 6) * factor) * 3;
      return [...drawn.data.subarray(start, start + 3)];
    };
    expect(at(4)).toEqual([...MAGMA.subarray(0, 3)]);
    expect(at(5)).toEqual([...MAGMA.subarray(-3)]);
  });

  test('cut what one huge error would darken, and say so', () => {
    const outlier = Float32Array.from({ length: 10 * 1000 }, (_, index) => (index === 3 ? 1000 : 1));
    const large = { ...dataset, height: 100, width: 10 };
    const pictures = new Float32Array(10 * 1000);
    const { svg, caption } = errorHeatmaps({ ...heading, dataset: large, pictures, heatMaps: outlier });
    expect(caption).toContain('Colours end at 1.00; the largest value is 1,000.');
    expect(textsOf(svg)).toContain('≥ 1.00');
  });

  test('of numbers that are not finite, and of no picture, are drawn', async () => {
    await expectLaws(() => draw({ heatMaps: new Float32Array(10 * size).fill(Number.NaN) }));
    await expectLaws(() => draw({ heatMaps: new Float32Array(10 * size) }));
    await expectLaws(() => errorHeatmaps({ ...heading, dataset, pictures: new Uint8Array(), heatMaps: [] }));
  });

  test('that do not fit are refused', () => {
    expect(() => draw({ heatMaps: [1] })).toThrow(
      'heatMaps holds 1 values, expected 480, one for each pixel of 10 pictures',
    );
    expect(() => draw({ masks: [1] })).toThrow('masks holds 1 values, expected 480');
    expect(() => draw({ reconstructions: ten.subarray(size) })).toThrow(
      'reconstructions holds 432 values, expected 480',
    );
    expect(() => draw({ brightest: -1 })).toThrow('brightest is -1');
  });
});

test('the outline of a mask runs along each border once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      fc.infiniteStream(fc.boolean()),
      (height, width, stream) => {
        const mask = [...stream.take(height * width)];
        const at = (y: number, x: number) => y >= 0 && x >= 0 && y < height && x < width && mask[y * width + x];
        let borders = 0;
        for (let y = 0; y <= height; y++) {
          for (let x = 0; x <= width; x++)
            borders += Number(at(y, x) !== at(y - 1, x)) + Number(at(y, x) !== at(y, x - 1));
        }
        const drawn = [...maskOutline(mask, height, width, 2).matchAll(/[hv]([\d.]+)/g)].map(
          ([, length]) => Number(length) / 2,
        );
        expect(drawn.reduce((sum, length) => sum + length, 0)).toBe(borders);
      },
    ),
  );
  expect(maskOutline([true], 1, 1, 3)).toBe('M0 0h3M0 3h3M0 0v3M3 0v3');
});

describe('filters', () => {
  test.each([
    [3, 3, 1, 32],
    [5, 5, 3, 100],
    [1, 1, 4, 1],
    [3, 2, 7, 5],
  ])('of %d x %d x %d x %d obey the laws of figures', async (...shape) => {
    const kernels = weights(shape.reduce((a, b) => a * b));
    const { svg } = await expectLaws(() => filtersFigure({ ...heading, kernels, shape }));
    const key = shape[2] === 3 || shape[2] === 4 ? 0 : 1;
    expect(pictures(svg)).toHaveLength(Math.min(64, shape[3]) + key);
  });

  test('show the weights of their filter, blue below 0 and red above', () => {
    const { svg } = filtersFigure({ ...heading, kernels: [-1, 1, 0, 0.5], shape: [1, 2, 1, 2] });
    const [first, second] = pictures(svg).map(({ data, width }) => [
      data.subarray(0, 3),
      data.subarray((width - 1) * 3, width * 3),
    ]);
    expect([...first[0]]).toEqual([...DIVERGING.subarray(0, 3)]);
    expect([...second[0]]).toEqual([...DIVERGING.subarray(-3)]);
    expect(second[1][0]).toBeGreaterThan(second[1][2]);
  });

  test('of zeros are drawn, and those of another shape refused', async () => {
    await expectLaws(() => filtersFigure({ ...heading, kernels: new Float32Array(9), shape: [3, 3, 1, 1] }));
    expect(() => filtersFigure({ ...heading, kernels: [1], shape: [3, 3, 1, 2] })).toThrow(
      'kernels holds 1 values, expected 18, as its shape 3 x 3 x 1 x 2 has',
    );
    expect(() => filtersFigure({ ...heading, kernels: [1], shape: [1, 1] as never })).toThrow(
      'shape holds 2 values, expected 4',
    );
  });
});

describe('feature maps', () => {
  test('obey the laws of figures, and tell how many are 0 throughout', async () => {
    const activations = weights(5 * 4 * 70).map((value, index) => (index % 70 === 66 ? 0 : Math.abs(value)));
    const { svg, caption } = await expectLaws(() => featureMapsFigure({ ...heading, activations, shape: [5, 4, 70] }));
    expect(pictures(svg)).toHaveLength(64 + 1);
    expect(caption).toContain('The first 64 of 70 channels');
    expect(caption).toContain('1 channel is 0 throughout.');
  });

  test('with negative activations are around white', () => {
    const { svg } = featureMapsFigure({ ...heading, activations: [-2, 1], shape: [1, 1, 2] });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['−2.00', '2.00']));
    expect([...pictures(svg)[0].data.subarray(0, 3)]).toEqual([...DIVERGING.subarray(0, 3)]);
  });

  test('of another shape are refused', () => {
    expect(() => featureMapsFigure({ ...heading, activations: [1, 2], shape: [1, 1, 3] })).toThrow(
      'activations holds 2 values',
    );
    expect(() => featureMapsFigure({ ...heading, activations: [], shape: [0, 1, 3] })).toThrow('a size of shape is 0');
  });
});
