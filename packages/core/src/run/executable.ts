import type { KernelAttributes } from '../fuse/kernels.js';
import type { MemoryPlan } from '../plan/plan.js';
import type { TypedArray } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import { runReference } from './reference.js';
import { typedArrayAt } from './typed-array.js';

/** A compiled program that is ready to run in a memory. The addresses of its segments are given, the arena's first. */
export interface Executable {
  /** Computes what depends on invariant inputs alone. */
  prologue(...segments: number[]): void;
  /** Computes everything else. */
  main(...segments: number[]): void;
}

/** How engines say that they are not allowed to compile: V8, Firefox, Safari, and Node with such a flag. */
const FORBIDDEN = /content security policy|\bcsp\b|unsafe-eval|disallowed by embedder/i;

/**
 * Compiles the bytes of a module.
 *
 * @throws Error saying what to allow, if the page's Content Security Policy forbids WebAssembly
 * @example
 * const module = compileModule(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the empty module
 * WebAssembly.Module.exports(module).length; // 0
 */
export function compileModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw explained(cause);
  }
}

/**
 * As `compileModule`, beside this thread.
 *
 * @example
 * const module = await compileModuleAsync(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the empty module
 * WebAssembly.Module.exports(module).length; // 0
 */
export async function compileModuleAsync(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw explained(cause);
  }
}

function explained(cause: unknown): unknown {
  if (!FORBIDDEN.test(String(cause))) return cause;
  return new Error(
    "Weft: this page's Content Security Policy forbids WebAssembly. Allow it with `script-src 'self' 'wasm-unsafe-eval'`, " +
      "or compute with { kernels: 'reference' }, which is a hundred times slower.",
    { cause },
  );
}

/**
 * An executable of emitted WebAssembly.
 *
 * @example
 * const { program } = trace([mul(placeholder({ shape: [2], dtype: 'float32' }, 'x'), 3)]);
 * const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
 * const binding = { inputs: [{ segment: 1, offset: 0 }], outputs: [{ segment: 2, offset: 0 }] };
 * const { bytes } = compile(program, { ...binding, memory: { initial: 1, maximum: 1, shared: false } });
 * new Float32Array(memory.buffer, 64, 2).set([1, 2]);
 * wasmExecutable(compileModule(bytes), memory).main(0, 64, 128); // the segments begin there
 * new Float32Array(memory.buffer, 128, 2); // [3, 6]
 */
export function wasmExecutable(module: WebAssembly.Module, memory: WebAssembly.Memory): Executable {
  return new WebAssembly.Instance(module, { weft: { memory } }).exports as unknown as Executable;
}

/**
 * An executable of reference kernels, over the same memory by the same plan: for engines without SIMD, and for tests.
 *
 * @example
 * const { program } = trace([mul(placeholder({ shape: [2], dtype: 'float32' }, 'x'), 3)]);
 * const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
 * const binding = { inputs: [{ segment: 1, offset: 0 }], outputs: [{ segment: 2, offset: 0 }] };
 * const planned = planProgram(program, { ...binding, memory: { initial: 1, maximum: 1, shared: false } });
 * new Float32Array(memory.buffer, 64, 2).set([1, 2]);
 * referenceExecutable(planned.program, planned.plan, memory).main(0, 64, 128); // the segments begin there
 * new Float32Array(memory.buffer, 128, 2); // [3, 6]
 */
export function referenceExecutable(program: Program, plan: MemoryPlan, memory: WebAssembly.Memory): Executable {
  const run = (operations: readonly Operation[], segments: readonly number[]) => {
    const arrayOf = (value: number): TypedArray => {
      const place = plan.placements[value];
      if (!place) throw new TypeError(`value ${value} has no place`);
      return typedArrayAt(program.values[value], memory.buffer, segments[place.segment] + place.offset);
    };
    for (const { name, inputs, outputs, attributes } of operations) {
      const operands = inputs.map(arrayOf);
      const results = name === 'kernel' ? runReference((attributes as KernelAttributes).body, operands) : operands;
      outputs.forEach((value, which) => {
        const target = arrayOf(value) as Float32Array;
        if (target.byteOffset !== results[which].byteOffset || target.buffer !== results[which].buffer) {
          target.set(results[which]);
        }
      });
    }
  };
  return {
    prologue: (...segments) => run(plan.prologue, segments),
    main: (...segments) => run(plan.main, segments),
  };
}
