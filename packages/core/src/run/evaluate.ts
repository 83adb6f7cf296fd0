import { lowerConvolutions } from '../convolution/lower.js';
import { differentiate } from '../differentiate/differentiate.js';
import type { TypedArray } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';
import { runReference } from './reference.js';

export function evaluate(tensors: readonly Tensor[]): TypedArray[] {
  const { program, leaves } = trace(tensors);
  const p = (globalThis as any).RAW ? differentiate(program) : differentiate(lowerConvolutions(program));
  return runReference(
    p,
    leaves.map((l) => l.node.data[l.index]!),
  );
}
