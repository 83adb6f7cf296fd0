import type { ConvolutionOption } from '../../src/convolution/choose.js';
import { lowerConvolutions } from '../../src/convolution/lower.js';
import { differentiate } from '../../src/differentiate/differentiate.js';
import { evaluate } from '../../src/run/evaluate.js';
import { runReference } from '../../src/run/reference.js';
import type { TypedArray } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { trace } from '../../src/trace/trace.js';

/** The sets of kernels that every suite runs over. */
export const kernelSets = ['reference'] as const;
export type KernelSet = (typeof kernelSets)[number];

/** How convolutions are computed: by an algorithm, or by their own kernels, as they are defined. */
export const convolutionOptions = ['definition', 'auto', 'direct', 'winograd2', 'winograd4'] as const;

/** Values as a user gets them, computed by a set of kernels. */
export function compute(tensors: readonly Tensor[], _kernels: KernelSet): TypedArray[] {
  return evaluate(tensors);
}

/** Values by the reference kernels, with the convolutions as asked for. */
export function computeByReference(
  tensors: readonly Tensor[],
  convolutions: ConvolutionOption | 'definition' = 'definition',
): TypedArray[] {
  const { program, leaves } = trace(tensors);
  const lowered = convolutions === 'definition' ? program : lowerConvolutions(program, convolutions);
  return runReference(
    differentiate(lowered),
    leaves.map(({ node, index }) => node.data[index] as TypedArray),
  );
}
