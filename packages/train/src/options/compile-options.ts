import { type CompileOptions, type ConvolutionOption, hasRelaxedSimd } from '@weft/core/program';
import type { Runtime } from '../runtime/runtime.js';
import { flag, such } from './kinds.js';
import { defaulted, type OptionsOf } from './schema.js';

/** How programs on examples are compiled. */
export const KERNEL_OPTIONS = {
  convolution: defaulted(
    // The compiler checks it, and says what there is.
    such<ConvolutionOption>('the name of an algorithm', () => true),
    'auto',
    'Which convolution algorithms may be used. `auto`: the shapes decide.',
  ),
  fastMath: defaulted(
    flag,
    false,
    'Whether products and sums may be rounded once instead of twice, where the processor can: faster, but the bits may differ from machine to machine.',
  ),
};

export type KernelOptions = OptionsOf<typeof KERNEL_OPTIONS>;

/** The options for the compiler. */
export function compileOptionsOf(
  { convolution = 'auto', fastMath = false }: KernelOptions,
  runtime: Runtime,
): CompileOptions {
  if (fastMath && !hasRelaxedSimd()) runtime.allowRelaxedSimd?.();
  return { convolution, fastMath, vectorBits: runtime.vectorBits ?? 128 };
}
