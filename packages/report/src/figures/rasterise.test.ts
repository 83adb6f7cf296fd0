import { sum } from 'd3-array';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { rasterise } from './rasterise.js';

const svg = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" font-family="'DejaVu Sans'">${content}</svg>`;

test('a picture has scale times the size, white where nothing is drawn', async () => {
  const picture = decode(await rasterise(svg('<rect width="20" height="20" fill="#ff0000"/>'), { scale: 3 }));
  expect([picture.width, picture.height]).toEqual([120, 60]);
  expect([...picture.data.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect([...picture.data.subarray(-3)]).toEqual([255, 255, 255]);
});

test('text is drawn, in regular and in bold', async () => {
  const ink = async (weight: string) => {
    const text = `<text x="2" y="15" font-size="14" font-weight="${weight}">Weft ⁻⁵</text>`;
    const { data } = decode(await rasterise(svg(text)));
    return data.length * 255 - sum(data);
  };
  const regular = await ink('normal');
  expect(regular).toBeGreaterThan(10_000);
  expect(await ink('bold')).toBeGreaterThan(regular * 1.1);
});

test('the same document gives the same bytes', async () => {
  const document = svg('<text x="2" y="15">same</text>');
  expect(await rasterise(document)).toEqual(await rasterise(document));
});

test('what is no SVG or no scale is refused', async () => {
  await expect(rasterise('<svg xmlns="http://www.w3.org/2000/svg"><g></svg>')).rejects.toThrow();
  await expect(rasterise(svg(''), { scale: Number.NaN })).rejects.toThrow(/scale is NaN/);
});
