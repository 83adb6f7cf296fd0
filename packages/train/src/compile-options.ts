import { type CompileOptions, type ConvolutionOption, hasRelaxedSimd } from '@weft/core/program';
import { checkOption } from './options.js';
import type { Runtime } from './runtime/runtime.js';

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
export function compileOptionsOf(
  { convolution = 'auto', fastMath = false }: KernelOptions,
  runtime: Runtime,
): CompileOptions {
  checkOption('fastMath', fastMath, typeof fastMath === 'boolean', 'true or false');
  if (fastMath && !hasRelaxedSimd()) runtime.allowRelaxedSimd?.();
  return { convolution, fastMath };
}
