import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32 } from './philox.js';
import { RandomStream } from './stream.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const words = fc.integer({ min: 0, max: 0xffffffff });

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

describe('RandomStream', () => {
  it('is the Philox words of (block, index, stream, 0) under the two halves of the seed', () => {
    fc.assert(
      fc.property(seeds, words, words, (seed, stream, index) => {
        const random = new RandomStream(seed, stream, index);
        const expected = new Uint32Array(12);
        const low = Number(BigInt(seed) & 0xffffffffn);
        const high = Number(BigInt(seed) >> 32n);
        for (let block = 0; block < 3; block++) philox4x32(block, index, stream, 0, low, high, expected, 4 * block);
        expect(draw(12, () => random.uint32())).toEqual([...expected]);
      }),
    );
  });

  it('gives the same numbers for ever', () => {
    const stream = new RandomStream(42, 7, 3);
    const numbers = [stream.uint32(), stream.uniform(), stream.integer(1000), stream.normal(), stream.normal()];
    expect(numbers).toMatchInlineSnapshot(`
      [
        728503148,
        0.5999067425727844,
        740,
        -0.32289039911752554,
        -1.47973192312042,
      ]
    `);
  });

  it('differs when the seed, its high half, the stream or the index differ', () => {
    const first = (seed: number, stream: number, index?: number) => new RandomStream(seed, stream, index).uint32();
    const all = [first(1, 1, 1), first(2, 1, 1), first(2 ** 32 + 1, 1, 1), first(1, 2, 1), first(1, 1, 2), first(1, 1)];
    expect(new Set(all).size).toBe(all.length);
    expect(first(1, 1)).toBe(first(1, 1, 0));
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s as seed, stream and index', (bad) => {
    expect(() => new RandomStream(bad, 0)).toThrow(RangeError);
    expect(() => new RandomStream(0, bad)).toThrow(RangeError);
    expect(() => new RandomStream(0, 0, bad)).toThrow(RangeError);
  });

  it('uniform() is a 24-bit fraction in [0, 1), with the moments of the uniform distribution', () => {
    const stream = new RandomStream(1, 0);
    const sample = draw(100_000, () => stream.uniform());
    for (const value of sample) {
      if (!(value >= 0 && value < 1 && Number.isInteger(value * 2 ** 24))) expect.fail(`${value}`);
    }
    const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sample.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 3);
  });

  it('integer(n) stays below n and reaches every value equally often', () => {
    const stream = new RandomStream(2, 0);
    for (const n of [1, 2, 3, 7, 10]) {
      const counts = new Array<number>(n).fill(0);
      for (let i = 0; i < 20_000; i++) counts[stream.integer(n)]!++;
      const expected = 20_000 / n;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 27.9 is the 0.999 quantile of chi-square with 9 degrees of freedom, the most of any n here.
      expect(chiSquare).toBeLessThan(27.9);
    }
  });

  it('integer(n) is unbiased where n is close to 2^32', () => {
    // Without redrawing, words above n would fold back: the lowest third would be drawn half of the time.
    const n = 3 * 2 ** 30;
    const stream = new RandomStream(3, 0);
    const low = draw(20_000, () => stream.integer(n)).filter((value) => value < 2 ** 30).length;
    expect(Math.abs(low / 20_000 - 1 / 3)).toBeLessThan(0.015);
  });

  it.each([0, -3, 1.5, 2 ** 32 + 1, Number.NaN])('integer(%s) is refused', (n) => {
    expect(() => new RandomStream(0, 0).integer(n)).toThrow(RangeError);
  });

  it('normal() follows the normal distribution: moments, tails and independence of neighbours', () => {
    const stream = new RandomStream(4, 0);
    const count = 200_000;
    const sample = draw(count, () => stream.normal());
    const moment = (order: number) => sample.reduce((sum, value) => sum + value ** order, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.015);
    expect(Math.abs(moment(3))).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.12);
    for (const [bound, probability] of [
      [-2, 0.0227501],
      [-1, 0.1586553],
      [0, 0.5],
      [0.5, 0.6914625],
      [1.5, 0.9331928],
      [3, 0.9986501],
    ] as const) {
      const below = sample.filter((value) => value < bound).length / count;
      expect(Math.abs(below - probability)).toBeLessThan(4 * Math.sqrt((probability * (1 - probability)) / count));
    }
    let product = 0;
    for (let i = 1; i < count; i++) product += sample[i]! * sample[i - 1]!;
    expect(Math.abs(product / count)).toBeLessThan(0.01);
  });

  it('normal() is the polar method with an exact logarithm', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const stream = new RandomStream(seed, 1);
        const raw = new RandomStream(seed, 1);
        let x: number;
        let y: number;
        do {
          x = ((raw.uint32() | 0) + 0.5) / 2 ** 31;
          y = ((raw.uint32() | 0) + 0.5) / 2 ** 31;
        } while (x * x + y * y >= 1);
        const scale = Math.sqrt((-2 * Math.log(x * x + y * y)) / (x * x + y * y));
        const tolerance = 1e-14 * Math.max(1, scale);
        expect(Math.abs(stream.normal() - x * scale)).toBeLessThan(tolerance);
        expect(Math.abs(stream.normal() - y * scale)).toBeLessThan(tolerance);
      }),
      { numRuns: 300 },
    );
  });

  it('shuffle() permutes in place, every order equally likely', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const array = Uint32Array.from([10, 20, 30, 40]);
      expect(new RandomStream(5, 0, i).shuffle(array)).toBe(array);
      const key = array.join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    // The 0.999 quantile of chi-square with 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('shuffle() leaves arrays of no or one element alone', () => {
    expect(new RandomStream(0, 0).shuffle(new Uint32Array(0))).toHaveLength(0);
    expect([...new RandomStream(0, 0).shuffle(Uint32Array.from([8]))]).toEqual([8]);
  });
});
