import type { Shape, Tensor } from '@weft/core';
import { random } from '@weft/core';

/** What decides random numbers: data of a program, not attributes. */
export interface DrawOptions {
  /** Low and high 32 bits, uint32 [2]. */
  readonly seed: Tensor;
  /** uint32 [batch, 2]: number of the example, and epoch + 1. */
  readonly keys: Tensor;
  readonly stream: number;
}

/** The number of a random stream, from a text (FNV-1a). The highest bit is set: numbers below are left for others. */
export function streamOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash | 0x80000000) >>> 0;
}

/** Uniform numbers in [0, 1) or standard normal ones, of a shape whose first axis is the examples. */
export function drawRandom(
  distribution: 'uniform' | 'normal',
  shape: Shape,
  { seed, keys, stream }: DrawOptions,
): Tensor {
  return random(distribution, shape, { seed, keys, stream });
}
