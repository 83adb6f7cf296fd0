import { differentiate } from '../differentiate/differentiate.js';
import { producers, rootOf } from '../fuse/space.js';
import { ALIGNMENT } from '../plan/plan.js';
import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions, oneOf, refuse } from '../tensor/options.js';
import { forget } from '../tensor/path.js';
import { byteLength, formatShape, sizeOf, type TypedArray, type ValueType } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Program } from '../trace/program.js';
import { parametersToKeep, trace } from '../trace/trace.js';
import { type CompileOptions, compile } from './compile.js';
import { compileModule, type Executable, wasmExecutable } from './executable.js';
import { Recent } from './recent.js';
import { runReference } from './reference.js';
import { hasSimd } from './support.js';
import { typedArrayAt } from './typed-array.js';

/** Which kernels compute. */
export type KernelSet = 'wasm' | 'reference';

/** How tensors are computed. */
export interface ComputeOptions extends CompileOptions {
  /** Which kernels compute what has not been computed yet. Default: WebAssembly where the engine has its SIMD. */
  readonly kernels?: KernelSet;
}

/**
 * Computes tensors together: what they share is computed once. What was computed is kept in them, and so is what
 * gradients were asked for in on the way; the arrays are copies. A tensor already computed is not computed again, unless
 * options are given: then it is, from what it was made of, and keeps the values that it had.
 *
 * Gradients pass through computed tensors. Only in loops whose next tensors are computed by means of gradients, as
 * weights are, the tensors of a step forget how they were computed as soon as those of the next step are computed from
 * them, so that memory does not grow. A gradient that would have to pass through one of them is refused.
 *
 * @throws TypeError if a placeholder is among what they depend on, or these are no array of tensors
 * @throws RangeError if an option is not known, the engine cannot do `fastMath`, or indices that are data name a row that their table does not have
 * @example
 * const x = tensor([1, 2, 3]);
 * const [total, largest] = compute([sum(x), max(x)]);
 * total; // [6]
 * largest; // [3]
 */
export function compute(tensors: readonly Tensor[], options: ComputeOptions = {}): TypedArray[] {
  checkTensors('compute', 'the argument', tensors);
  checkKnownOptions('compute', options, ['kernels', 'convolution', 'fastMath', 'vectorBits', 'tiles', 'record']);
  if (options.kernels !== undefined) oneOf('compute', 'kernels', options.kernels, ['wasm', 'reference']);
  const { vectorBits } = options;
  if (![undefined, 128, 256].includes(vectorBits)) refuse('compute', 'vectorBits', vectorBits, '128 or 256');
  const wanted = [...tensors, ...parametersToKeep(tensors)];
  const { program, leaves } = trace(wanted, [], { again: Object.keys(options).length > 0 });
  const data = leaves.map(({ node, index, shape }) => {
    const values = node.data[index];
    if (!values) throw new TypeError(`compute: a placeholder of shape [${shape}] has no values. Run it in a program.`);
    return values;
  });
  checkRows(program, data);
  const kernels = options.kernels ?? defaultKernels();
  // Emitted kernels are made for loops that run at least once.
  const isEmpty = program.values.some(({ shape }) => sizeOf(shape) === 0);
  const isReference = kernels === 'reference' || isEmpty;
  const results = isReference ? runReference(differentiate(program), data) : runCompiled(program, data, options);
  wanted.forEach(({ node, index }, which) => {
    node.data[index] ??= results[which].slice();
  });
  forgetSteps(program, wanted, leaves);
  return tensors.map((_, which) => results[which].slice());
}

/** Marks what was computed by means of gradients, and lets such tensors forget their history that it was made of. */
function forgetSteps(program: Program, computed: readonly Tensor[], leaves: readonly Tensor[]): void {
  const depends = new Set<number>();
  for (const { name, inputs, outputs } of program.operations) {
    if (name !== 'gradient' && !inputs.some((value) => depends.has(value))) continue;
    for (const value of outputs) depends.add(value);
  }
  if (depends.size === 0) return;
  for (const { node } of leaves) if (node.isUpdate && node.data.every(Boolean)) forget(node);
  program.outputs.forEach((value, which) => {
    const { node } = computed[which];
    if (depends.has(value) && node.operation !== 'input') node.isUpdate = true;
  });
}

/** Row numbers that are data are checked; kernels take the nearest row for those that are computed. */
function checkRows(program: Program, data: readonly TypedArray[]): void {
  const producer = producers(program);
  for (const { name, inputs, outputs } of program.operations) {
    if (name !== 'takeRows' && name !== 'scatterRows') continue;
    const { shape } = program.values[name === 'takeRows' ? inputs[0] : outputs[0]];
    const input = program.inputs.indexOf(rootOf(producer, inputs[1]));
    if (input < 0) continue;
    const numbers = data[input];
    const position = numbers.findIndex((row) => row < 0 || row >= shape[0]);
    if (position >= 0) {
      throw new RangeError(
        `${name}: the row number at position ${position} is ${numbers[position]}, but the table ` +
          `${formatShape(shape)} has ${shape[0]} rows. Rows are numbered from 0.`,
      );
    }
  }
}

/** A program that has been compiled, with its memory laid out: inputs first, the arena after them. */
interface Compiled {
  readonly executable: Executable;
  readonly inputOffsets: readonly number[];
  readonly bases: readonly number[];
  readonly outputs: readonly { readonly type: ValueType; readonly address: number }[];
}

/** Programs compiled last, by their text: a loop that builds the same tensors again and again compiles them once. */
const compiledPrograms = new Recent<Compiled>(32);

function runCompiled(program: Program, data: readonly TypedArray[], options: ComputeOptions): TypedArray[] {
  const { convolution, fastMath, vectorBits, tiles } = options;
  const key = JSON.stringify([program, convolution, fastMath, vectorBits, tiles]);
  const make = () => compileForMemory(program, options);
  const compiled = options.record ? make() : compiledPrograms.get(key, make);

  const { buffer } = memoryOf(0);
  data.forEach((values, which) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(buffer, compiled.inputOffsets[which], bytes.length).set(bytes);
  });
  compiled.executable.prologue(...compiled.bases);
  compiled.executable.main(...compiled.bases);
  return compiled.outputs.map(({ type, address }) => typedArrayAt(type, buffer, address));
}

function compileForMemory(program: Program, options: ComputeOptions): Compiled {
  let inputBytes = 0;
  const inputOffsets = program.inputs.map((value) => {
    const offset = inputBytes;
    inputBytes += Math.ceil(byteLength(program.values[value]) / ALIGNMENT) * ALIGNMENT;
    return offset;
  });
  const inputs = inputOffsets.map((offset) => ({ segment: 1, offset }));
  const compiled = compile(program, { inputs, memory: { initial: 1, maximum: 65536, shared: false } }, options);
  const memory = memoryOf(inputBytes + compiled.arenaBytes);
  const bases = [inputBytes, 0].slice(0, compiled.segments);
  const outputs = compiled.program.outputs.map((value) => {
    const place = compiled.plan.placements[value];
    if (!place) throw new TypeError('compute: an output was not stored.');
    return { type: compiled.program.values[value], address: bases[place.segment] + place.offset };
  });
  const executable = wasmExecutable(compileModule(compiled.bytes), memory);
  return { executable, inputOffsets, bases, outputs };
}

let isAnnounced = false;

/**
 * WebAssembly where the engine has its SIMD; else the reference kernels, with a warning, once.
 *
 * @example
 * defaultKernels(); // 'wasm'
 */
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

/** The one memory that tensors are computed in; it grows as it must. Each memory reserves gigabytes of addresses. */
function memoryOf(bytes: number): WebAssembly.Memory {
  memory ??= new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const missing = Math.ceil((bytes + ALIGNMENT) / 65536) - memory.buffer.byteLength / 65536;
  if (missing > 0) {
    try {
      memory.grow(missing);
    } catch {
      throw new RangeError(`compute: ${Math.ceil(bytes / 2 ** 20)} MiB are needed, and the engine does not give them.`);
    }
  }
  return memory;
}
