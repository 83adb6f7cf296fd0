import type { Tensor, ValueType } from '@weft/core';
import {
  ALIGNMENT,
  type CompileOptions,
  compile,
  type Program,
  trace,
  wasmExecutable,
  withCustomSection,
} from '@weft/core/program';
import { useVectors } from '@weft/pool';

/** A compiled program in the benchmark's memory, with inputs that are small random numbers. */
export interface Runnable {
  /** Computes everything but what depends on invariant inputs alone. */
  run(): void;
}

let memory: WebAssembly.Memory | undefined;

/**
 * Compiles what computes some tensors from placeholders. Each call overwrites the data of the one before.
 *
 * @param invariant positions of inputs that stay the same: what depends on them alone is computed once, before runs
 */
export function runnable(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  options: CompileOptions = {},
  invariant: readonly number[] = [],
): Runnable {
  const { program } = trace(outputs, inputs);
  const { places, bytes } = inputPlaces(program);
  const limits = { initial: 1, maximum: 65536, shared: false };
  const vectorBits = useVectors();
  const compiled = compile(program, { inputs: places, invariant, memory: limits }, { vectorBits, ...options });
  memory ??= new WebAssembly.Memory(limits);
  const missing = Math.ceil((bytes + compiled.arenaBytes) / 65536) + 1 - memory.buffer.byteLength / 65536;
  if (missing > 0) memory.grow(missing);
  for (const [which, value] of program.inputs.entries()) {
    fill(memory.buffer, places[which].offset, program.values[value]);
  }
  // Engines share the code of modules with the same bytes: that of another width is not to be found again.
  const module = new WebAssembly.Module(withCustomSection(compiled.bytes, `${vectorBits} bits`));
  const executable = wasmExecutable(module, memory);
  executable.prologue(bytes, 0);
  return { run: () => executable.main(bytes, 0) };
}

/** Puts a program's inputs one after another into a segment. */
export function inputPlaces({ inputs, values }: Program) {
  let bytes = 0;
  const places = inputs.map((value) => {
    const offset = bytes;
    bytes += Math.ceil((sizeOf(values[value]) * 4) / ALIGNMENT) * ALIGNMENT;
    return { segment: 1, offset };
  });
  return { places, bytes };
}

/** Floats from -0.5 to 0.5, any bytes, and numbers of the first thousand rows. */
function fill(buffer: ArrayBuffer, offset: number, type: ValueType): void {
  const length = sizeOf(type);
  const number = (index: number) => (index * 7919) % 1000;
  if (type.dtype === 'uint8') {
    const bytes = new Uint8Array(buffer, offset, length);
    for (let index = 0; index < length; index++) bytes[index] = number(index);
  } else if (type.dtype === 'uint32') {
    new Uint32Array(buffer, offset, length).forEach((_, index, words) => {
      words[index] = number(index);
    });
  } else {
    const floats = new Float32Array(buffer, offset, length);
    for (let index = 0; index < length; index++) floats[index] = number(index) / 1000 - 0.5;
  }
}

function sizeOf({ shape }: ValueType): number {
  return shape.reduce((product, length) => product * length, 1);
}
