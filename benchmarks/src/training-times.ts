import type { Sequential } from '@weft/nn';
import { type DescribedArray, fit, type WorkerPool } from '@weft/pool';
import { compileOptions, type Numerics } from './numerics.js';

/** How a model is trained for its time. */
export interface TrainingTime {
  readonly pool: WorkerPool;
  readonly numerics: Numerics;
  readonly batchSize: number;
  readonly steps: number;
  /** Epochs after the first, which warms up. */
  readonly epochs: number;
}

/** Milliseconds of a step, one number an epoch, on images of random bytes; steps are whole batches. */
export async function stepTimes(
  model: Sequential,
  { pool, numerics, batchSize, steps, epochs }: TrainingTime,
): Promise<number[]> {
  const options = { epochs: epochs + 1, batchSize, pool, ...compileOptions(numerics) };
  const { seconds } = await fit(model, { x: noise(model, batchSize * steps) }, options);
  return seconds.slice(1).map((epoch) => (1000 * epoch) / steps);
}

/** Images of bytes that look random: time does not depend on what they show. */
export function noise({ inputShape }: Sequential, count: number): DescribedArray {
  const bytes = new Uint8Array(count * inputShape.reduce((a, b) => a * b, 1));
  let state = 1;
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return { data: bytes, scale: 1 / 255 };
}
