import { setFlagsFromString } from 'node:v8';
import type { ConvolutionOption } from '../../src/convolution/choose.js';
import { lowerConvolutions } from '../../src/convolution/lower.js';
import { differentiate } from '../../src/differentiate/differentiate.js';
import { compute as computeTensors, type KernelSet } from '../../src/run/compute.js';
import { runReference } from '../../src/run/reference.js';
import { hasRelaxedSimd } from '../../src/run/support.js';
import type { TypedArray } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { trace } from '../../src/trace/trace.js';

// Node 20 has relaxed SIMD only when told to.
if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** The kernels that every suite runs over: both sets, and the emitted ones with relaxed instructions. */
export type Kernels = KernelSet | 'wasm with fast math';
export const kernelSets: readonly Kernels[] = ['reference', 'wasm', 'wasm with fast math'];

/** What may be asked of the passes for convolutions. */
export const convolutionOptions: readonly ConvolutionOption[] = [
  'auto',
  'direct',
  'winograd2',
  'winograd4',
  'winograd6',
  'winograd7',
];

/** Values as a user gets them, computed by a set of kernels. */
export function compute(
  tensors: readonly Tensor[],
  kernels: Kernels,
  convolution: ConvolutionOption = 'auto',
): Float32Array[] {
  const fastMath = kernels === 'wasm with fast math';
  const set = fastMath ? 'wasm' : kernels;
  const values = computeTensors(tensors, { kernels: set, convolution, fastMath }) as Float32Array[];
  // Tensors keep what was computed; the next set of kernels must not find it there.
  for (const { node } of tensors) if (node.operation !== 'input') node.data.fill(undefined);
  return values;
}

/** Values by the definitions of the operations alone; the convolutions by an algorithm if one is named. */
export function computeByReference(tensors: readonly Tensor[], algorithms?: ConvolutionOption): Float32Array[] {
  const { program, leaves } = trace(tensors);
  const lowered = algorithms === undefined ? program : lowerConvolutions(program, algorithms);
  return runReference(
    differentiate(lowered),
    leaves.map(({ node, index }) => node.data[index] as TypedArray),
  ) as Float32Array[];
}
