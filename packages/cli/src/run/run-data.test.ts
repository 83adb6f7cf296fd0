import { syntheticGarments } from '@weft/data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstOf, imagesBetween, type Records, selected, setSha256, trainingParts } from './run-data.js';

const { train: images } = syntheticGarments({ trainCount: 23, testCount: 2, seed: 4 });
const SIZE = 28 * 28;

/** The same images, as if they lay in a file. */
const records: Records = {
  ...{ count: images.count, height: 28, width: 28, channels: 1, shape: [28, 28, 1], dtype: 'uint8', scale: 1 / 255 },
  labels: Int32Array.from(images.labels),
  sha256: 'of all',
  async read(indices, into) {
    Array.from(indices).forEach((index, at) => {
      into.set(images.images.subarray(index * SIZE, (index + 1) * SIZE), at * SIZE);
    });
  },
};

const place = fc.integer({ min: 0, max: 30 });
const content = async (set: typeof images | Records, from = 0, to = set.count) => {
  const { count, images: bytes, labels } = await imagesBetween(set, from, to);
  return { count, bytes: [...bytes], labels: [...labels] };
};

describe('images that are read from a file', () => {
  test('are those in memory, whichever are asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(22), place, async (from, length) => {
        expect(await content(records, from, from + length)).toEqual(await content(images, from, from + length));
      }),
    );
  });

  test('are the first ones, or chosen ones, as they would be in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (count) => {
        expect(await content(firstOf(records, count))).toEqual(await content(firstOf(images, count)));
      }),
    );
    const chosen = selected(records, Uint32Array.of(5, 0, 5));
    const one = async (at: number) => (await content(images, at, at + 1)).bytes;
    expect((await content(chosen)).bytes).toEqual([...(await one(5)), ...(await one(0)), ...(await one(5))]);
    expect([...chosen.labels]).toEqual([5, 0, 5].map((at) => images.labels[at]));
  });

  test('have another hash in another order, and with other labels', () => {
    const orders = [[0, 1], [1, 0], [0]].map((order) => setSha256(selected(records, Uint32Array.from(order))));
    expect(new Set(orders).size).toBe(3);
    const relabelled = { ...records, labels: records.labels.map((label) => label + 1) };
    expect(setSha256(relabelled)).not.toBe(setSha256(records));
  });
});

describe('the parts of training images', () => {
  test('are the first and the last, which do not overlap and leave none out', () => {
    for (const split of [0, 0.1, 0.5]) {
      const { train, validation } = trainingParts({ train: images }, split);
      expect([train.from, train.to, validation.to]).toEqual([0, validation.from, images.count]);
      expect(train.to).toBe(Math.floor(images.count * (1 - split)));
    }
  });

  test('are two sets where validation has one of its own: none of it was learned from', () => {
    const own = firstOf(images, 4);
    const { train, validation } = trainingParts({ train: images, validation: own }, 0.5);
    expect(train).toEqual({ set: images, from: 0, to: images.count });
    expect(validation).toEqual({ set: own, from: 0, to: 4 });
  });
});
