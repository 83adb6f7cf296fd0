import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../exit.js';
import { onlyClasses } from './only-classes.js';

const NAMES = ['T-shirt', 'Trouser', '7'];

/** Images of two pixels, both of which are the image's number. */
const imagesOf = (labels: readonly number[]) => ({
  name: 'numbers',
  images: Uint8Array.from(labels.flatMap((_, index) => [index, index])),
  labels: Uint8Array.from(labels),
  count: labels.length,
  height: 1,
  width: 2,
  channels: 1,
});

test('keeps the images of the classes, in their order, with their labels', () => {
  const labels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(labels, (all) => {
      fc.pre(all.includes(1));
      const { images, labels: kept, count } = onlyClasses(imagesOf(all), '1', NAMES);
      const places = all.flatMap((label, index) => (label === 1 ? [index] : []));
      expect([...images]).toEqual(places.flatMap((place) => [place, place]));
      expect([...kept]).toEqual(places.map(() => 1));
      expect(count).toBe(places.length);
    }),
  );
});

test.each([
  ['0,1', [0, 1, 0]],
  ['trouser', [1]],
  ['Trouser, T-SHIRT', [0, 1, 0]],
  // A name goes before a number.
  ['7', [2]],
])('takes %s', (asked, labels) => {
  expect([...onlyClasses(imagesOf([0, 1, 2, 0]), asked, NAMES).labels]).toEqual(labels);
});

test.each([
  ['3', "--classes: got '3', expected some of 0 (T-shirt), 1 (Trouser), 2 (7), with commas between them."],
  ['shoe', "got 'shoe'"],
  ['1', '--classes: got 1, of which there is no training image.'],
])('refuses %s', (asked, message) => {
  const call = () => onlyClasses(imagesOf([0, 2]), asked, NAMES);
  expect(call).toThrow(UsageError);
  expect(call).toThrow(message);
});
