import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { drawFigures } from './draw-figures.js';
import type { Figure } from './figure.js';
import { rasterise } from './rasterise.js';

const names = (figures: Figure[]) => figures.map(({ name }) => name);

/** Base64 may spell anything. */
const withoutImages = (svg: string) => svg.replaceAll(/base64,[^"]*/g, '');

/** Throws if the SVG is not well-formed; checks the picture's size against the document's. */
async function expectPicture({ svg }: Figure, scale: number) {
  const [, width, height] = /<svg[^>]* width="(\d+)" height="([\d.]+)"/.exec(svg)!;
  const picture = decode(await rasterise(svg, { scale }));
  expect(picture.width).toBe(Math.round(Number(width) * scale));
  expect(Math.abs(picture.height - Number(height) * scale)).toBeLessThanOrEqual(1);
  expect(picture.channels).toBe(3);
  // White paper, and something on it.
  expect([...picture.data.subarray(0, 3)]).toEqual([255, 255, 255]);
  expect(picture.data.some((value) => value < 100)).toBe(true);
}

test('a whole run has its eight figures, each a well-formed picture', async () => {
  const figures = drawFigures(exampleInputs());
  expect(names(figures)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((number) => `figure-${number}`));
  for (const figure of figures) await expectPicture(figure, 1);
});

test('figures of a model that was not trained are left out', () => {
  const { dataset, samples, cae, cdae, latent } = exampleInputs();
  expect(names(drawFigures({ dataset, samples }))).toEqual(['figure-1']);
  expect(names(drawFigures({ dataset, samples, cae, latent }))).toEqual(
    [1, 2, 3, 4, 7].map((number) => `figure-${number}`),
  );
  expect(names(drawFigures({ dataset, samples, cdae }))).toEqual([1, 5, 6, 8].map((number) => `figure-${number}`));
});

test('every figure of synthetic data says so in the picture and in its description, and none of real data does', () => {
  for (const { svg } of drawFigures(exampleInputs({ synthetic: true }))) {
    expect(svg).toMatch(/<text[^>]*>Synthetic stand-in, not Fashion-MNIST<\/text>/);
    expect(svg).toMatch(/<desc[^>]*>Synthetic stand-in, not Fashion-MNIST\./);
    expect(svg).toContain('Synthetic garments');
  }
  for (const { svg } of drawFigures(exampleInputs())) {
    expect(svg).not.toMatch(/synthetic/i);
    expect(svg).toContain('Fashion-MNIST');
  }
});

test('every figure has a title, a description that tells numbers, and no text below 11 pixels', () => {
  for (const { name, svg, title, caption } of drawFigures(exampleInputs())) {
    expect(svg).toContain(`<title id="${name}-title">${title}</title>`);
    expect(/<desc[^>]*>(.*?)<\/desc>/.exec(svg)![1]).toMatch(/\d/);
    expect(caption).toMatch(/\.$/);
    const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    expect(sizes).not.toEqual([]);
  }
});

describe('data that is out of the ordinary', () => {
  test('class names that look like markup stay text', async () => {
    const hostile = `<script>alert("1")</script>&'\u0000`;
    const figures = drawFigures(exampleInputs({ classNames: [hostile, ']]>', '<!--'] }));
    for (const figure of figures) {
      expect(figure.svg).not.toContain('<script');
      expect(figure.svg).not.toContain('<!--');
      await expectPicture(figure, 0.25);
    }
    expect(figures[0].svg).toContain('&lt;script&gt;');
  });

  test.each([
    { epochs: 1, testCount: 1 },
    { epochs: 50, testCount: 2 },
    { height: 8, width: 20 },
    { height: 96, width: 64, channels: 3 },
    { height: 170, width: 170 },
    { height: 4, width: 4, channels: 2 },
    { classNames: Array.from({ length: 37 }, (_, index) => `a class with a rather long name, number ${index}`) },
  ])('is drawn: case %#', async (options) => {
    for (const figure of drawFigures(exampleInputs(options))) {
      expect(withoutImages(figure.svg)).not.toMatch(/NaN|undefined|Infinity/);
      await expectPicture(figure, 0.25);
    }
  });

  test('results that are not numbers are drawn as far as they are, and the caption tells', async () => {
    const inputs = exampleInputs();
    const nan = (length: number) => Array(length).fill(Number.NaN);
    const figures = drawFigures({
      ...inputs,
      cae: { ...inputs.cae, history: { loss: [0.1, Number.NaN], valLoss: [0.2, 0.1] }, errors: [0.1, Number.NaN, 0.3] },
      cdae: {
        ...inputs.cdae,
        denoised: new Float32Array(nan(10 * 144)),
        history: { loss: nan(3), valLoss: nan(3) },
        errors: nan(5),
      },
      latent: { ...inputs.latent, scores: nan(120) },
    });
    for (const figure of figures) {
      expect(withoutImages(figure.svg)).not.toContain('NaN');
      await expectPicture(figure, 0.25);
    }
    const caption = (number: number) => figures.find(({ name }) => name === `figure-${number}`)!.caption;
    expect(caption(2)).toContain('1 loss is not a finite number');
    expect(caption(4)).toContain('2 test images');
    expect(caption(4)).toContain('1 error not finite and left out');
    expect(caption(5)).toContain('6 losses are not a finite number');
    expect(caption(8)).toContain('No image has a finite error');
  });

  test('images, scores or labels that do not fit are refused with both numbers', () => {
    const inputs = exampleInputs();
    const cut = { ...inputs.cae, originals: inputs.cae.originals.subarray(0, 1000) };
    expect(() => drawFigures({ ...inputs, cae: cut })).toThrow(/1000 values, expected a multiple of 12 x 12 x 1/);
    const latent = { ...inputs.latent, labels: [0, 1] };
    expect(() => drawFigures({ ...inputs, latent })).toThrow(/120 values for 2 labels/);
  });
});

test('a test set of 10,000 images stays below 1.5 MB of SVG', () => {
  const figures = drawFigures(exampleInputs({ testCount: 10_000 }));
  for (const { svg } of figures) expect(svg.length).toBeLessThan(1.5e6);
});
