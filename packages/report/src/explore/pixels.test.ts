import { expect, test } from 'vitest';
import { errorPixels, picturePixels } from './pixels.js';

/** Grey 0 to 255 turned around, so that it is not the identity. */
const negative = Array.from({ length: 256 }, (_, level) => (255 - level).toString(16).padStart(2, '0').repeat(3)).join(
  '',
);

/** A sheet of three pictures of 2 x 1 in two rows: each pixel's red is its number. */
const sheet = {
  width: 6,
  height: 2,
  data: Array.from({ length: 6 * 2 * 4 }, (_, index) => (index % 4 === 0 ? index / 4 : index % 4 === 3 ? 255 : 1)),
};

test('a picture is cut from its column and row of the sheet', () => {
  const { levels, colours } = picturePixels(sheet, { width: 2, height: 1 }, 1, 1);
  expect([...levels]).toEqual([8, 1, 1, 9, 1, 1]);
  expect([...colours]).toEqual([8, 1, 1, 255, 9, 1, 1, 255]);
});

test('a picture with a map has the colours of its red levels', () => {
  const { colours } = picturePixels(sheet, { width: 2, height: 1, colours: negative }, 2, 0);
  expect([...colours]).toEqual([251, 251, 251, 255, 250, 250, 250, 255]);
});

test('errors are squared differences on one scale for all pictures, up to the largest', () => {
  const pixel = (level: number) => [level, level, level];
  const targets = [Uint8Array.from([...pixel(0), ...pixel(10)]), Uint8Array.from([...pixel(0), ...pixel(0)])];
  const made = [Uint8Array.from([...pixel(0), ...pixel(20)]), Uint8Array.from([...pixel(20), ...pixel(0)])];
  const drawn = errorPixels(targets, made, { errorColours: negative });
  const levels = drawn.map((each) => [255 - each[0], 255 - each[4]]);
  expect(levels).toEqual([
    [0, Math.round(255 / 4)],
    [255, 0],
  ]);
});

test('pictures without any error are dark', () => {
  const picture = Uint8Array.from([7, 8, 9]);
  expect([...errorPixels([picture], [picture], { errorColours: negative })[0]]).toEqual([255, 255, 255, 255]);
});
