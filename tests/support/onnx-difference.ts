import type { Tensor } from '../../packages/core/src/index.js';
import type { BaseModel } from '../../packages/nn/src/index.js';
import { type RuntimeTensor, runOnnx } from './onnx-runtime.js';

/** The largest difference of two lists of numbers; infinite where only one of two is none. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a).reduce((most, value, index) => {
    const difference = Object.is(value, b[index]) ? 0 : Math.abs(value - b[index]);
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}

/** The largest difference, of numbers whose largest size is 1 at most or made so; infinite where shapes differ. */
export function relativeDifference(got: RuntimeTensor | undefined, expected: RuntimeTensor): number {
  if (got?.dims.join() !== expected.dims.join()) return Infinity;
  const size = Array.from(expected.data).reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    1,
  );
  return largestDifference(got.data, expected.data) / size;
}

/** A tensor's values as ONNX Runtime takes them. */
export function valuesOf(x: Tensor): RuntimeTensor {
  return { dims: x.shape, data: x.dtype === 'int32' ? Int32Array.from(x.toArray()) : x.toArray() };
}

/** How far what ONNX Runtime makes of a file is from what the model gives, for inputs in the model's order. */
export async function differenceOf(model: BaseModel, batch: readonly Tensor[], bytes: Uint8Array): Promise<number> {
  const inputs = Object.fromEntries(model.inputs.map(({ name }, which) => [name, batch[which]]));
  const given = Object.entries(inputs).map(([name, x]) => [name, valuesOf(x)] as const);
  const results = await runOnnx(bytes, Object.fromEntries(given));
  const differences = Object.entries(model.callNamed(inputs)).map(([name, y]) =>
    relativeDifference(results[name], valuesOf(y)),
  );
  return Math.max(...differences);
}
