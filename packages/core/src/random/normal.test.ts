import { describe, expect, it } from 'vitest';
import { logFloat32, normalPair } from './normal.js';
import { philox4x32 } from './philox.js';

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The distance from a number's magnitude to the next float32. */
function unitInTheLastPlace(x: number): number {
  float[0] = Math.abs(x);
  const here = float[0];
  word[0]++;
  return float[0] - here;
}

/** Units in the last place between logFloat32 and the logarithm. */
function errorOfLog(x: number): number {
  const truth = Math.log(x);
  return truth === 0
    ? Math.abs(logFloat32(x)) / 2 ** -149
    : Math.abs(logFloat32(x) - truth) / unitInTheLastPlace(truth);
}

describe('logFloat32', () => {
  it('is within one unit in the last place of the logarithm, for all sizes of numbers', () => {
    let worst = 0;
    for (let bits = 0x00800000; bits < 0x7f800000; bits += 4001) {
      word[0] = bits;
      worst = Math.max(worst, errorOfLog(float[0]));
    }
    expect(worst).toBeLessThan(1);
  });

  it('is so for the uniform numbers that normal ones are made of, and next to 1', () => {
    let worst = 0;
    for (let i = 1; i <= 2 ** 24; i += 31) worst = Math.max(worst, errorOfLog(i * 2 ** -24));
    for (let i = 0; i < 5000; i++) worst = Math.max(worst, errorOfLog(1 - i * 2 ** -24), errorOfLog(1 + i * 2 ** -23));
    expect(worst).toBeLessThan(1);
  });

  it('is exact where it can be, and gives float32 numbers', () => {
    expect(logFloat32(1)).toBe(0);
    for (const x of [0.5, 2, 2 ** -24, 2 ** 100]) expect(logFloat32(x)).toBe(Math.fround(Math.log(x)));
    for (let i = 1; i < 1000; i++) expect(logFloat32(i)).toBe(Math.fround(logFloat32(i)));
  });
});

describe('normalPair', () => {
  const COUNT = 2 ** 20;

  /** COUNT numbers, made as `random` makes them. */
  function draws(): { first: Float32Array; second: Float32Array } {
    const words = new Uint32Array(4);
    const pair = new Float32Array(2);
    const first = new Float32Array(COUNT / 2);
    const second = new Float32Array(COUNT / 2);
    for (let i = 0; i < COUNT / 2; i += 2) {
      philox4x32(i, 0, 0, 0, 42, 0, words);
      for (const half of [0, 1]) {
        normalPair(words[2 * half], words[2 * half + 1], pair);
        [first[i + half], second[i + half]] = pair;
      }
    }
    return { first, second };
  }

  const { first, second } = draws();
  const mean = (values: Float32Array, power: number) =>
    values.reduce((total, value) => total + value ** power, 0) / values.length;

  it('is the transform of Box and Muller, to float32 precision', () => {
    const pair = new Float32Array(2);
    const words = new Uint32Array(4);
    let worst = 0;
    for (let i = 0; i < 100_000; i++) {
      philox4x32(i, 0, 0, 0, 7, 0, words);
      normalPair(words[0], words[1], pair);
      const radius = Math.sqrt(-2 * Math.log((Math.floor(words[0] / 256) + 1) * 2 ** -24));
      // Two bits for the quadrant, 22 of the others for the place in it, from an eighth of a turn before its axis.
      const place = ((words[1] >>> 8) % 2 ** 22) / 2 ** 22 - 0.5;
      const angle = (Math.floor(words[1] / 2 ** 30) + place) * (Math.PI / 2);
      const error = Math.hypot(pair[0] - radius * Math.cos(angle), pair[1] - radius * Math.sin(angle));
      worst = Math.max(worst, error / radius);
    }
    expect(worst).toBeLessThan(3e-7);
  });

  it('stays finite at the ends of its range', () => {
    const pair = new Float32Array(2);
    for (const a of [0, 255, 0xffffffff]) {
      for (const b of [0, 0x3fffffff, 0x40000000, 0x80000000, 0xffffffff]) {
        normalPair(a, b, pair);
        expect(Math.hypot(pair[0], pair[1])).toBeLessThan(5.8);
      }
    }
    // The smallest uniform number gives the largest radius, the largest none.
    normalPair(0, 0x20000000, pair);
    expect(pair[0]).toBeCloseTo(Math.sqrt(2 * 24 * Math.LN2), 5);
    normalPair(0xffffffff, 12345, pair);
    expect(Math.abs(pair[0]) + Math.abs(pair[1])).toBe(0);
  });

  it.each([
    ['first', first],
    ['second', second],
  ])('has the moments of the normal distribution: %s of the pair', (_which, values) => {
    // Four standard deviations of each moment's estimate, from the moments of twice the order.
    const allowed = (order: number, variance: number) => {
      expect(Math.abs(mean(values, order) - [1, 0, 1, 0, 3][order])).toBeLessThan(
        4 * Math.sqrt(variance / values.length),
      );
    };
    allowed(1, 1);
    allowed(2, 2);
    allowed(3, 15);
    allowed(4, 96);
  });

  it.each([
    ['first', first],
    ['second', second],
  ])('has the tails of the normal distribution: %s of the pair', (_which, values) => {
    for (const [bound, probability] of [
      [0.5, 0.30853754],
      [1, 0.15865525],
      [2, 0.02275013],
      [3, 0.0013499],
      [4, 3.167124e-5],
    ]) {
      const allowed = 4 * Math.sqrt(probability / values.length);
      const share = (isBeyond: (value: number) => boolean) => values.filter(isBeyond).length / values.length;
      expect(Math.abs(share((value) => value > bound) - probability)).toBeLessThan(allowed);
      expect(Math.abs(share((value) => value < -bound) - probability)).toBeLessThan(allowed);
    }
  });

  it('gives numbers that are uncorrelated, squared too: within the pair and with the next', () => {
    const correlation = (a: Float32Array, b: Float32Array, lag: number, power: number) => {
      const centre = power === 2 ? 1 : 0;
      let total = 0;
      for (let i = lag; i < a.length; i++) total += (a[i] ** power - centre) * (b[i - lag] ** power - centre);
      return total / (a.length - lag) / (power === 2 ? 2 : 1);
    };
    for (const power of [1, 2]) {
      for (const [a, b, lag] of [
        [first, second, 0],
        [first, first, 1],
        [second, second, 1],
        [first, second, 1],
      ] as const) {
        expect(Math.abs(correlation(a, b, lag, power))).toBeLessThan(4 / Math.sqrt(first.length));
      }
    }
  });
});
