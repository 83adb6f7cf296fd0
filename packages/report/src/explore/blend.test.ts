import { expect, test } from 'vitest';
import { blend } from './blend.js';

const empty = () => ({ width: 4, height: 3, data: new Uint8ClampedArray(4 * 3 * 4) });
const red = { side: 2, opacities: Float32Array.of(0, 0.5, 1, 0), rgb: [200, 0, 0] };
const pixel = (image: ReturnType<typeof empty>, x: number, y: number) => [
  ...image.data.subarray((y * 4 + x) * 4, (y * 4 + x + 1) * 4),
];

test('a stamp has its colour and its opacity where there was nothing', () => {
  const image = empty();
  blend(image, red, 2, 1);
  expect(pixel(image, 2, 0)).toEqual([200, 0, 0, 128]);
  expect(pixel(image, 1, 1)).toEqual([200, 0, 0, 255]);
  expect(image.data.reduce((sum, value) => sum + value)).toBe(200 + 128 + 200 + 255);
});

test('what lies below is seen through it as far as it is not opaque', () => {
  const image = empty();
  image.data.fill(100);
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
  blend(image, red, 2, 1);
  expect(pixel(image, 2, 0)).toEqual([150, 50, 50, 255]);
  expect(pixel(image, 1, 1)).toEqual([200, 0, 0, 255]);
  expect(pixel(image, 1, 0)).toEqual([100, 100, 100, 255]);
});

test('what lies beyond the edges is left out', () => {
  const image = empty();
  for (const [x, y] of [
    [0, 0],
    [4, 3],
    [-5, 1],
    [1, 9],
  ]) {
    blend(image, red, x, y);
  }
  expect(image.data.filter((_, at) => at % 4 === 3).filter(Boolean)).toHaveLength(0);
});
