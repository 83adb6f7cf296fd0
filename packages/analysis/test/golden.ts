import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Numbers of fixtures/analysis.json. */
export const goldenNumbers: {
  scott_factor: number;
  silverman_factor: number;
  bandwidth_scott: number;
  skewness: number;
  quantiles: Record<string, number>;
} = JSON.parse(readFileSync(new URL('./fixtures/analysis.json', import.meta.url), 'utf8'));

const file = readFileSync(new URL('./fixtures/analysis.safetensors', import.meta.url));
const headerEnd = 8 + Number(file.readBigUInt64LE(0));
const header: Record<string, { dtype: string; data_offsets: [number, number] }> = JSON.parse(
  file.toString('utf8', 8, headerEnd),
);

/** A tensor of fixtures/analysis.safetensors, flat. */
export function golden(name: string): Float64Array {
  return Float64Array.from(stored(name));
}

/** A tensor that is stored in float32. */
export function goldenFloat32(name: string): Float32Array {
  return Float32Array.from(stored(name));
}

function stored(name: string): Float32Array | Float64Array {
  const { dtype, data_offsets } = header[name];
  const [start, end] = data_offsets;
  // A copy, because a typed array must begin at a multiple of its element's size.
  const bytes = new Uint8Array(file.subarray(headerEnd + start, headerEnd + end)).buffer;
  return dtype === 'F32' ? new Float32Array(bytes) : new Float64Array(bytes);
}

/** Expects every value to be as near as the tolerance, relative to the expected value. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index] - expected[index]);
    if (!(difference <= tolerance * Math.abs(expected[index]))) {
      expect.fail(`element ${index} is ${actual[index]}, expected ${expected[index]} to within ${tolerance} relative`);
    }
  }
}
