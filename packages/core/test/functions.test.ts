import { describe, expect, it } from 'vitest';
import { cos, erf, exp, log, pow, sin, sqrt } from '../src/operations/elementwise.js';
import { errorFunction } from '../src/operations/special-functions.js';
import { tensor } from '../src/tensor/create.js';
import type { Tensor } from '../src/tensor/tensor.js';
import { compute } from './support/kernels.js';
import { numbers } from './support/numbers.js';

const COUNT = 40_000;
const bits = new DataView(new ArrayBuffer(4));

/** The distance of a float from the next one. */
function ulp(x: number): number {
  bits.setFloat32(0, Math.abs(x));
  const here = bits.getFloat32(0);
  bits.setInt32(0, bits.getInt32(0) + 1);
  return bits.getFloat32(0) - here;
}

/** Numbers in [from, to). */
const between = (from: number, to: number, seed: number) =>
  numbers(COUNT, seed).map((x) => from + ((x + 2) / 4) * (to - from));
/** Numbers of all magnitudes from 2^from to 2^to. */
const magnitudes = (from: number, to: number, seed: number) => between(from, to, seed).map((x) => 2 ** x);

/** The most that the emitted kernel is off, in units in the last place of the truth, or as an absolute number. */
function worst(
  apply: (...inputs: Tensor[]) => Tensor,
  truth: (...inputs: number[]) => number,
  inputs: readonly Float32Array[],
  isAbsolute = false,
): number {
  const [got] = compute([apply(...inputs.map((x) => tensor(x)))], 'wasm');
  return got.reduce((most, value, i) => {
    const want = truth(...inputs.map((x) => x[i]));
    // What is no normal float has fewer digits.
    if (!(Math.abs(want) < 3.4e38) || (Math.abs(want) < 2 ** -126 && !isAbsolute)) return most;
    return Math.max(most, Math.abs(value - want) / (isAbsolute ? 1 : ulp(want)));
  }, 0);
}

describe('emitted functions are as near to float64 as their documentation says', () => {
  it('sqrt is rounded to the nearest float', () => {
    expect(worst(sqrt, Math.sqrt, [magnitudes(-120, 120, 1)])).toBeLessThanOrEqual(0.5);
  });

  it('exp and log, within two units in the last place', () => {
    expect(worst(exp, Math.exp, [between(-87, 88, 1)])).toBeLessThan(2);
    expect(worst(exp, Math.exp, [between(-1, 1, 2)])).toBeLessThan(2);
    expect(worst(log, Math.log, [magnitudes(-140, 127, 3)])).toBeLessThan(2);
    expect(worst(log, Math.log, [between(0.5, 2, 4)])).toBeLessThan(2);
  });

  it('erf, within two units in the last place', () => {
    expect(worst(erf, errorFunction, [between(-5, 5, 1)])).toBeLessThan(2);
    expect(worst(erf, errorFunction, [magnitudes(-100, 0, 2)])).toBeLessThan(2);
  });

  it('sin and cos, within 1e-7 up to 10,000', () => {
    for (const [apply, truth] of [
      [sin, Math.sin],
      [cos, Math.cos],
    ] as const) {
      expect(worst(apply, truth, [between(-4, 4, 1)], true)).toBeLessThan(1e-7);
      expect(worst(apply, truth, [between(-10_000, 10_000, 2)], true)).toBeLessThan(1e-7);
      // Beyond, as if the angle had been rounded once more.
      expect(worst(apply, truth, [between(-(2 ** 22), 2 ** 22, 3)], true)).toBeLessThan(0.3);
    }
    expect(worst(sin, Math.sin, [magnitudes(-100, -1, 4)])).toBeLessThan(2);
  });

  it('pow, within two units in the last place, and five where results are near the ends of the range', () => {
    const power = (x: number, y: number) => x ** y;
    expect(worst(pow, power, [between(0, 10, 1), between(-30, 30, 2)])).toBeLessThan(2);
    expect(worst(pow, power, [between(0.7, 1.5, 3), between(-250, 250, 4)])).toBeLessThan(5);
    expect(worst(pow, power, [magnitudes(-140, 127, 5), between(-2, 2, 6)])).toBeLessThan(2);
    expect(worst(pow, power, [between(0.999, 1.001, 7), between(-80_000, 80_000, 8)])).toBeLessThan(2);
    expect(worst(pow, power, [between(-10, 0, 9), between(-30, 30, 10).map(Math.round)])).toBeLessThan(2);
  });
});
