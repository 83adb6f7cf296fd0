import type { BaseModel } from '@weft/nn';
import { expect } from 'vitest';

/**
 * Expects two vectors to be near each other, relative to the largest number of the second.
 *
 * @param least size below which numbers are as good as zero
 */
export function expectNear(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  label = '',
  least = 1e-30,
): void {
  expect(got.length, label).toBe(want.length);
  let size = least;
  for (let i = 0; i < want.length; i++) size = Math.max(size, Math.abs(want[i]));
  for (let i = 0; i < want.length; i++) {
    const distance = Math.abs(got[i] - want[i]) / size;
    expect(distance, `${label}: number ${i} is ${got[i]}, expected ${want[i]}`).toBeLessThan(tolerance);
  }
}

/** All weights of a model, one after another. */
export function weightsOf(model: BaseModel): Float32Array {
  return Float32Array.from(model.weights.flatMap(({ data }) => [...data]));
}

/** Numbers from -1 to 1, the same in every engine. */
export function numbers(length: number, seed = 1): Float32Array {
  let state = 2 * seed + 1;
  return Float32Array.from({ length }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return (state >> 8) / 2 ** 23;
  });
}
