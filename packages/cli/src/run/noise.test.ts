import { full, table } from '@weft/core';
import { describe, expect, test } from 'vitest';
import { gaussianNoise, type NoiseOptions } from './noise.js';

const [IMAGES, PIXELS] = [40, 1000];

/** Noisy versions of plain grey images. */
function noisy(options: Partial<NoiseOptions>, { epoch = 0, seed = 42, grey = 0.5 } = {}): Float32Array {
  const keys = (second: number) =>
    table(
      Uint32Array.from({ length: 2 * IMAGES }, (_, index) => (index % 2 === 0 ? index / 2 : second)),
      [IMAGES, 2],
    );
  const corrupt = gaussianNoise({ factor: 0.1, images: 'training', ...options });
  const draws = { seed: table(Uint32Array.of(seed, 0)), exampleKeys: keys(0), epochKeys: keys(epoch + 1) };
  return corrupt(full([IMAGES, PIXELS], grey), draws).toArray();
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, index) => {
    ab += (value - meanA) * (b[index] - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[index] - meanB) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

describe('gaussianNoise', () => {
  test('has the factor as its standard deviation, and no bias', () => {
    const differences = noisy({ factor: 0.1 }).map((value) => value - 0.5);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const deviation = Math.sqrt(differences.reduce((sum, value) => sum + value * value, 0) / differences.length);
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(deviation).toBeGreaterThan(0.098);
    expect(deviation).toBeLessThan(0.102);
  });

  test('stays within [0, 1], and reaches both ends', () => {
    const values = noisy({ factor: 2 });
    expect(values.reduce((least, value) => Math.min(least, value))).toBe(0);
    expect(values.reduce((most, value) => Math.max(most, value))).toBe(1);
  });

  test('is the same in every epoch, or another one in each', () => {
    expect(noisy({}, { epoch: 0 })).toEqual(noisy({}, { epoch: 1 }));
    const [first, second] = [0, 1].map((epoch) => noisy({ perEpoch: true }, { epoch }));
    expect(Math.abs(correlation(first, second))).toBeLessThan(0.02);
  });

  test('is another one for test images, another seed and another image', () => {
    const training = noisy({});
    for (const other of [noisy({ images: 'test' }), noisy({}, { seed: 43 })]) {
      expect(Math.abs(correlation(training, other))).toBeLessThan(0.02);
    }
    const half = (IMAGES / 2) * PIXELS;
    expect(Math.abs(correlation(training.subarray(0, half), training.subarray(half)))).toBeLessThan(0.03);
  });
});
