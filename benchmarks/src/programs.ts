import {
  ALIGNMENT,
  type CompileOptions,
  compile,
  type Executable,
  type Program,
  type Tensor,
  trace,
  wasmExecutable,
} from '@weft/core';

/** A compiled program in a memory of its own, with inputs that are small random numbers. */
export interface Runnable {
  /** Runs the whole program once. */
  run(): void;
  /** Multiply-accumulates of its matrix products. */
  readonly multiplyAccumulates: number;
}

let memory: WebAssembly.Memory | undefined;

/** Compiles what computes some tensors from placeholders. Each call overwrites the data of the one before. */
export function runnable(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  options: CompileOptions = {},
): Runnable {
  const { program } = trace(outputs, inputs);
  let bytes = 0;
  const places = program.inputs.map((value) => {
    const offset = bytes;
    bytes += Math.ceil((sizeOf(program.values[value].shape) * 4) / ALIGNMENT) * ALIGNMENT;
    return { segment: 1, offset };
  });
  const limits = { initial: 1, maximum: 65536, shared: false };
  const compiled = compile(program, { inputs: places, memory: limits }, options);
  memory ??= new WebAssembly.Memory(limits);
  const missing = Math.ceil((bytes + compiled.arenaBytes) / 65536) + 1 - memory.buffer.byteLength / 65536;
  if (missing > 0) memory.grow(missing);
  const data = new Float32Array(memory.buffer, 0, bytes / 4);
  for (let index = 0; index < data.length; index++) data[index] = ((index * 7919) % 1000) / 1000 - 0.5;
  const executable: Executable = wasmExecutable(new WebAssembly.Module(compiled.bytes), memory);
  executable.prologue(bytes, 0);
  return {
    run: () => executable.main(bytes, 0),
    multiplyAccumulates: multiplyAccumulatesOf(compiled.program),
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function multiplyAccumulatesOf(program: Program): number {
  return program.operations.reduce((total, { name, inputs, outputs, attributes }) => {
    if (name === 'kernel') return total + multiplyAccumulatesOf(attributes.body as Program);
    if (name !== 'matmul') return total;
    const { shape } = program.values[inputs[0]];
    const inner = shape[shape.length - (attributes.transposeA ? 2 : 1)];
    return total + sizeOf(program.values[outputs[0]].shape) * inner;
  }, 0);
}
