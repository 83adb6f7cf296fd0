import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ImageDataset } from '../dataset.js';
import { syntheticGarments } from './dataset.js';

const PIXELS = 28 * 28;
const picture = (set: ImageDataset, index: number) => set.images.subarray(index * PIXELS, (index + 1) * PIXELS);
const { train, test, ...rest } = syntheticGarments({ trainCount: 2000, testCount: 500, seed: 1 });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('syntheticGarments', () => {
  it('says what it is', () => {
    expect(rest).toMatchObject({ name: 'synthetic', synthetic: true, origin: 'drawn by Weft from the seed 1' });
    expect(rest.classNames).toHaveLength(10);
    expect(train).toMatchObject({ count: 2000, height: 28, width: 28, channels: 1 });
    expect(train.images).toHaveLength(2000 * PIXELS);
    expect(test.labels).toHaveLength(500);
    expect(rest.checksums['test-images']).toBe(createHash('sha256').update(test.images).digest('hex'));
  });

  it('draws the same bytes for ever', () => {
    expect(syntheticGarments({ trainCount: 200, testCount: 50, seed: 42 }).checksums).toMatchInlineSnapshot(`
      {
        "test-images": "781b4a60b0777eebd937732540d1d5b94259203b97141d2d10a1cff23bc3897b",
        "test-labels": "73c3bf6f9e391f840c1ee826ec5982679b822c0dca8d479d3a2453fe427b0652",
        "train-images": "302abff1f6d7520d0f3608bf7bdd76264f0a6152ff26ec717744f428033204d1",
        "train-labels": "9c08f31dd758f738a494c50c3f679589abc0efe8b7b4c42288ab3c23eaf3611b",
      }
    `);
  });

  it('draws a picture from seed, split and index alone: smaller sets are the start of larger ones', () => {
    const small = syntheticGarments({ trainCount: 37, testCount: 13, seed: 1 });
    expect(Buffer.compare(small.train.images, train.images.subarray(0, 37 * PIXELS))).toBe(0);
    expect(Buffer.compare(small.train.labels, train.labels.subarray(0, 37))).toBe(0);
    expect(Buffer.compare(small.test.images, test.images.subarray(0, 13 * PIXELS))).toBe(0);
    expect(Buffer.compare(small.test.labels, test.labels.subarray(0, 13))).toBe(0);
  });

  it('uses no function of Math whose last bits differ between engines', () => {
    const allowed = new Set([
      'floor',
      'sqrt',
      'abs',
      'min',
      'max',
      'imul',
      'trunc',
      'sign',
      'ceil',
      'round',
      'fround',
      'clz32',
    ]);
    const functions = Object.getOwnPropertyNames(Math).filter(
      (name) => typeof Math[name as keyof Math] === 'function' && !allowed.has(name),
    );
    expect(functions).toContain('sin');
    const spies = functions.map((name) => vi.spyOn(Math, name as 'sin'));
    syntheticGarments({ trainCount: 400, testCount: 1, seed: 3 });
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it('draws other pictures and another order for another seed or split, and no picture twice', () => {
    const other = syntheticGarments({ trainCount: 500, testCount: 1, seed: 2 }).train;
    const pictures = [train, test, other].flatMap((set) =>
      Array.from({ length: set.count }, (_, i) => Buffer.from(picture(set, i)).toString('latin1')),
    );
    expect(new Set(pictures).size).toBe(3000);
    const orders = [train, test, other].map((set) => set.labels.subarray(0, 100).join(''));
    expect(new Set(orders).size).toBe(3);
  });

  it('holds every class once in each ten pictures, in an order that changes', () => {
    const orders = new Set<string>();
    for (let start = 0; start < train.count; start += 10) {
      const ten = train.labels.slice(start, start + 10);
      orders.add(ten.join(''));
      expect([...ten].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(orders.size).toBeGreaterThan(190);
  });

  it('draws garments on black that are bright enough to see and leave room around them', () => {
    for (let i = 0; i < train.count; i++) {
      const pixels = picture(train, i);
      const visible = pixels.reduce((count, value) => count + (value > 50 ? 1 : 0), 0);
      const black = pixels.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
      if (visible < 40 || black < PIXELS / 10 || Math.max(...pixels) < 60) {
        expect.fail(`picture ${i}, class ${train.labels[i]}: ${visible} visible and ${black} black pixels`);
      }
    }
  });

  it('draws classes that the nearest neighbour tells apart', () => {
    let right = 0;
    for (let i = 0; i < 200; i++) {
      const wanted = picture(test, i);
      let best = Number.POSITIVE_INFINITY;
      let label = -1;
      for (let k = 0; k < train.count; k++) {
        let distance = 0;
        for (let p = 0; p < PIXELS && distance < best; p++) {
          const difference = wanted[p]! - train.images[k * PIXELS + p]!;
          distance += difference * difference;
        }
        if (distance < best) {
          best = distance;
          label = train.labels[k]!;
        }
      }
      if (label === test.labels[i]) right++;
    }
    expect(right).toBeGreaterThan(180);
  });

  it.each([0, -1, 2.5, Number.NaN, 1e9])('refuses to draw %s pictures', (count) => {
    expect(() => syntheticGarments({ trainCount: count, testCount: 1 })).toThrow(RangeError);
    expect(() => syntheticGarments({ trainCount: 1, testCount: count })).toThrow(RangeError);
  });

  it.each<[unknown, string]>([
    [{ count: 5 }, "there is no option 'count'. The options are trainCount, testCount, seed."],
    [{ trainCount: '5' }, "trainCount is '5', expected an integer from 1 to 1000000"],
    [null, 'got null, expected an object of trainCount, testCount, seed'],
    [100, 'got 100, expected an object'],
  ])('says of %j what was got and what was expected', (options, part) => {
    expect(() => syntheticGarments(options as never)).toThrow(part);
  });

  it('refuses a seed that is not a safe integer of at least 0', () => {
    expect(() => syntheticGarments({ trainCount: 1, testCount: 1, seed: -1 })).toThrow(RangeError);
  });
});
