import { setFlagsFromString } from 'node:v8';
import { type CompileOptions, type ConvolutionOption, hasRelaxedSimd } from '@weft/core/program';
import { checkOption } from './options.js';

/** How programs on examples are compiled. */
export interface KernelOptions {
  /** Which convolution algorithms may be used. Default: the shapes decide. */
  readonly convolution?: ConvolutionOption;
  /**
   * Whether products and sums may be rounded once instead of twice, where the processor can: faster, but the bits may
   * differ from machine to machine. Default false.
   */
  readonly fastMath?: boolean;
}

/**
 * The options for the compiler.
 *
 * @throws TypeError if `fastMath` is neither true nor false
 */
export function compileOptionsOf({ convolution = 'auto', fastMath = false }: KernelOptions): CompileOptions {
  checkOption('fastMath', fastMath, typeof fastMath === 'boolean', 'true or false');
  // Node 20 has to be told. Modules are compiled in this thread and sent to the workers, which need no flag for that.
  if (fastMath && !hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return { convolution, fastMath };
}
