import { RandomStream } from '../../src/random/stream.js';
import { tensor } from '../../src/tensor/create.js';
import { type Shape, sizeOf } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';

/** Float32 numbers in [-2, 2), the same for the same seed. */
export function numbers(size: number, seed: number): Float32Array {
  const stream = new RandomStream(seed, 0);
  return Float32Array.from({ length: size }, () => 4 * stream.uniform() - 2);
}

/** Distinct multiples of 1/8 around 0 in random order: no two lie close to each other, and none close to 0. */
export function spacedNumbers(size: number, seed: number): Float32Array {
  const order = new RandomStream(seed, 1).shuffle(Uint32Array.from({ length: size }, (_, i) => i));
  return Float32Array.from(order, (place) => (place + 0.5 - Math.floor(size / 2)) / 8);
}

/** A tensor of `numbers`, and the numbers. */
export function sample(shape: Shape, seed: number): { x: Tensor; values: Float32Array; shape: Shape } {
  const values = numbers(sizeOf(shape), seed);
  return { x: tensor(values, shape), values, shape };
}
