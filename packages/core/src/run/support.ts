import { float, multiplyAdd } from '../emit/functions.js';
import { ModuleBuilder } from '../emit/module.js';

/** Whether the engine takes a module with one product and one sum of vectors. */
function takes(fastMath: boolean): boolean {
  if (typeof WebAssembly !== 'object') return false;
  const module = new ModuleBuilder({ fastMath });
  module.export('probe', [], (f) => multiplyAdd(float(1), float(1), float(1))(f), 'v128');
  return WebAssembly.validate(module.encode({ initial: 1, maximum: 1, shared: false }));
}

let simd: boolean | undefined;

/**
 * Whether the engine runs WebAssembly with 128-bit SIMD.
 *
 * @example
 * hasSimd(); // true
 */
export function hasSimd(): boolean {
  simd ??= takes(false);
  return simd;
}

/**
 * Whether the engine runs relaxed SIMD, which `fastMath` needs. It is not remembered: Node 20 can be made to, at any
 * time, with `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')`.
 *
 * @example
 * const options = { fastMath: hasRelaxedSimd() };
 * compute([sum(tensor([1, 2, 3]))], options)[0]; // [6]
 */
export function hasRelaxedSimd(): boolean {
  return takes(true);
}

/** @throws RangeError if fast math is asked for and the engine cannot do it */
export function checkFastMath(fastMath: boolean | undefined): void {
  if (!fastMath || hasRelaxedSimd()) return;
  throw new RangeError(
    'fastMath: this engine has no relaxed SIMD. Node has it from version 21; Node 20 after ' +
      "v8.setFlagsFromString('--experimental-wasm-relaxed-simd'). Or leave fastMath out.",
  );
}
