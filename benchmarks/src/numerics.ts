import { setFlagsFromString } from 'node:v8';
import { type CompileOptions, hasRelaxedSimd } from '@weft/core/program';

/** `exact` gives the same bits everywhere; `relaxed` is fast math: a product and its sum may be rounded once. */
export type Numerics = 'exact' | 'relaxed';

/** What this engine can do. Called before threads are started, it tells Node 20 to run relaxed SIMD. */
export function availableNumerics(): readonly Numerics[] {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return hasRelaxedSimd() ? ['exact', 'relaxed'] : ['exact'];
}

/** How a program of these numerics is compiled. */
export function compileOptions(numerics: Numerics): CompileOptions & { readonly fastMath: boolean } {
  return { fastMath: numerics === 'relaxed' };
}
