import { differentiate } from '../differentiate/differentiate.js';
import { ALIGNMENT } from '../plan/plan.js';
import { byteLength, sizeOf, type TypedArray } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';
import { type CompileOptions, compile } from './compile.js';
import { runReference } from './reference.js';
import { hasSimd } from './support.js';
import { typedArrayAt } from './typed-array.js';

/** Which kernels compute. */
export type KernelSet = 'wasm' | 'reference';

/** How tensors are evaluated. */
export interface EvaluateOptions extends CompileOptions {
  /** Default: WebAssembly where the engine has its SIMD. */
  readonly kernels?: KernelSet;
}

/** Computes tensors together: what they share is computed once. The arrays are the caller's to keep. */
export function evaluate(tensors: readonly Tensor[], options: EvaluateOptions = {}): TypedArray[] {
  const { program, leaves } = trace(tensors);
  const data = leaves.map(({ node, index, shape }) => {
    const values = node.data[index];
    if (!values) throw new TypeError(`evaluate: a placeholder of shape [${shape}] has no values. Run it in a program.`);
    return values;
  });
  const kernels = options.kernels ?? defaultKernels();
  // Emitted kernels are made for loops that run at least once.
  const isEmpty = program.values.some(({ shape }) => sizeOf(shape) === 0);
  if (kernels === 'reference' || isEmpty) {
    return runReference(differentiate(program), data).map((values) => values.slice());
  }

  let inputBytes = 0;
  const inputs = program.inputs.map((value) => {
    const offset = inputBytes;
    inputBytes += Math.ceil(byteLength(program.values[value]) / ALIGNMENT) * ALIGNMENT;
    return { segment: 1, offset };
  });
  const compiled = compile(program, { inputs, memory: { initial: 1, maximum: 65536, shared: false } }, options);
  const memory = sharedMemory(inputBytes + compiled.arenaBytes);
  inputs.forEach(({ offset }, which) => {
    const bytes = new Uint8Array(data[which].buffer, data[which].byteOffset, data[which].byteLength);
    new Uint8Array(memory.buffer, offset, bytes.length).set(bytes);
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes), { weft: { memory } });
  const { prologue, main } = instance.exports as Record<string, (...bases: number[]) => void>;
  const bases = [inputBytes, 0].slice(0, compiled.segments);
  prologue(...bases);
  main(...bases);
  return compiled.program.outputs.map((value) => {
    const place = compiled.plan.placements[value];
    if (!place) throw new TypeError('evaluate: an output was not stored.');
    return typedArrayAt(compiled.program.values[value], memory.buffer, bases[place.segment] + place.offset).slice();
  });
}

let isAnnounced = false;

/** WebAssembly where the engine has its SIMD; else the reference kernels, with a warning, once. */
export function defaultKernels(): KernelSet {
  if (hasSimd()) return 'wasm';
  if (!isAnnounced) {
    console.warn(
      'Weft: this engine has no WebAssembly SIMD. The reference kernels in TypeScript are used: ' +
        'they are a hundred times slower, and results differ in their last bits.',
    );
  }
  isAnnounced = true;
  return 'reference';
}

let memory: WebAssembly.Memory | undefined;

/** The one memory that tensors are evaluated in; it grows as it must. Each memory reserves gigabytes of addresses. */
function sharedMemory(bytes: number): WebAssembly.Memory {
  memory ??= new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const missing = Math.ceil((bytes + ALIGNMENT) / 65536) - memory.buffer.byteLength / 65536;
  if (missing > 0) {
    try {
      memory.grow(missing);
    } catch {
      throw new RangeError(
        `evaluate: ${Math.ceil(bytes / 2 ** 20)} MiB are needed, and the engine does not give them.`,
      );
    }
  }
  return memory;
}
