import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asExamples, type ImageDataset, splitValidation, subset } from './dataset.js';

describe('splitValidation', () => {
  it.each([
    [60_000, 0.2, 48_000],
    [10, 0.25, 7],
    [7, 0.5, 3],
    // 0.9 in float64 is a little more than 1 - 0.1 and Keras floors the product: 1 - 0.9 = 0.09999999999999998.
    [10, 0.9, 0],
    [100, 0.9, 9],
    [3, 0, 3],
  ])('of %s examples and %s keeps %s for training, as Keras does', (count, fraction, trainCount) => {
    if (trainCount === 0) expect(() => splitValidation(count, fraction)).toThrow(RangeError);
    else expect(splitValidation(count, fraction)).toEqual({ trainCount, validationCount: count - trainCount });
  });

  it('loses no example and leaves neither part empty', () => {
    const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fractions, (count, fraction) => {
        const exact = count * (1 - fraction);
        if (exact < 1 || (fraction > 0 && exact === count)) {
          expect(() => splitValidation(count, fraction)).toThrow(RangeError);
          return;
        }
        const { trainCount, validationCount } = splitValidation(count, fraction);
        expect(trainCount + validationCount).toBe(count);
        expect(trainCount).toBeGreaterThan(0);
        expect(exact - trainCount).toBeGreaterThanOrEqual(0);
        expect(exact - trainCount).toBeLessThan(1);
        expect(validationCount > 0).toBe(fraction > 0);
      }),
    );
  });

  it.each([
    [0, 0.2],
    [1.5, 0.2],
    [10, -0.1],
    [10, 1],
    [10, Number.NaN],
    [1, 0.5],
    ['10', 0.2],
    [10, null],
    [10, '0.2'],
  ])('refuses %s examples and the fraction %s', (count, fraction) => {
    expect(() => splitValidation(count as number, fraction as number)).toThrow(RangeError);
  });
});

const dataset: ImageDataset = {
  name: 'tiny',
  images: Uint8Array.from({ length: 5 * 2 * 3 * 2 }, (_, i) => i),
  labels: Uint8Array.of(4, 3, 2, 1, 0),
  count: 5,
  height: 2,
  width: 3,
  channels: 2,
};

describe('asExamples', () => {
  it('says of the bytes what they mean, without copying them', () => {
    const examples = asExamples(dataset);
    expect(examples).toEqual({ data: dataset.images, scale: 1 / 255, shape: [2, 3, 2] });
    expect(examples.data).toBe(dataset.images);
  });

  it('refuses sizes that do not fit the arrays', () => {
    expect(() => asExamples({ ...dataset, channels: 1 })).toThrow('asExamples: the images have 60 values');
  });
});

describe('subset', () => {
  it('keeps the first images and labels, without copying', () => {
    const part = subset(dataset, 2);
    expect(part.count).toBe(2);
    expect([...part.images]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect([...part.labels]).toEqual([4, 3]);
    expect(part.images.buffer).toBe(dataset.images.buffer);
  });

  it('keeps all when the limit is beyond the count', () => {
    expect(subset(dataset, 9)).toEqual(dataset);
  });

  it.each([0, -1, 1.5, Number.NaN, '2', null])('refuses the limit %s', (limit) => {
    expect(() => subset(dataset, limit as number)).toThrow(RangeError);
  });

  it.each<[string, object | null, string]>([
    ['nothing', null, 'the data set: got null'],
    ['pictures in [0, 1]', { images: new Float64Array(60).fill(0.5) }, 'the images: got a Float64Array of 60'],
    ['clamped pictures', { images: new Uint8ClampedArray(60) }, 'give Uint8Array.from(array)'],
    ['labels of integers', { labels: Int32Array.of(4, 3, 2, 1, 0) }, 'give Uint8Array.from(array)'],
    ['labels beyond a byte', { labels: [4, 3, 300, 1, 0] }, 'Element 2 is 300, and a byte holds'],
    [
      'too few labels',
      { labels: new Uint8Array(4) },
      'the labels 4, but the data set of shape [5,2,3,2] needs 60 and 5',
    ],
    ['no height', { height: undefined }, "the data set's height is undefined"],
  ])('says of %s what was got and what was expected', (_, changes, part) => {
    expect(() => subset((changes && { ...dataset, ...changes }) as never, 2)).toThrow(part);
  });
});
