import { expect } from 'vitest';
import type { KernelAttributes } from '../../src/fuse/kernels.js';
import { ALIGNMENT, type Placement, planMemory } from '../../src/plan/plan.js';
import { referenceExecutable } from '../../src/run/executable.js';
import { runReference } from '../../src/run/reference.js';
import { byteLength, sizeOf, type TypedArray } from '../../src/tensor/shape.js';
import type { Program } from '../../src/trace/program.js';

/** Runs a fused program by the reference kernels of its kernels' bodies, each value in an array of its own. */
export function runFused(program: Program, data: readonly TypedArray[]): TypedArray[] {
  const arrays = new Map<number, TypedArray>(program.inputs.map((value, which) => [value, data[which]]));
  const read = (value: number) => {
    const values = arrays.get(value);
    if (!values) throw new Error(`value ${value} is read before it is computed`);
    return values;
  };
  for (const { name, inputs, outputs, attributes } of program.operations) {
    const operands = inputs.map(read);
    const results = name === 'kernel' ? runReference((attributes as KernelAttributes).body, operands) : operands;
    outputs.forEach((value, which) => {
      arrays.set(value, results[which]);
    });
  }
  return program.outputs.map(read);
}

/** Lays a program's inputs one after another. */
export function layOut(program: Program, segment: number): { placed: Map<number, Placement>; bytes: number } {
  let bytes = 0;
  const placed = new Map<number, Placement>();
  for (const value of program.inputs) {
    placed.set(value, { segment, offset: bytes });
    bytes += Math.ceil(byteLength(program.values[value]) / ALIGNMENT) * ALIGNMENT;
  }
  return { placed, bytes };
}

/** Runs a fused program in planned memory, full of NaN at first, by the reference kernels. */
function runPlanned(program: Program, data: readonly TypedArray[], invariant = new Set<number>()): TypedArray[] {
  const { placed, bytes } = layOut(program, 1);
  const plan = planMemory(program, { placed, invariant });
  const pages = Math.ceil((bytes + plan.arenaBytes) / 65536) + 1;
  const memory = { buffer: new ArrayBuffer(pages * 65536) } as WebAssembly.Memory;
  new Float32Array(memory.buffer).fill(Number.NaN);
  program.inputs.forEach((value, which) => {
    const { offset } = placed.get(value) as Placement;
    new Uint8Array(memory.buffer, offset).set(
      new Uint8Array(data[which].buffer, data[which].byteOffset, data[which].byteLength),
    );
  });
  const { prologue, main } = referenceExecutable(program, plan, memory);
  const read = () =>
    program.outputs.map((value) => {
      const { segment, offset } = plan.placements[value] as Placement;
      const address = (segment === 1 ? 0 : bytes) + offset;
      return new Float32Array(memory.buffer as ArrayBuffer, address, sizeOf(program.values[value].shape)).slice();
    });
  prologue(bytes, 0);
  main(bytes, 0);
  const first = read();
  main(bytes, 0);
  expect(read(), 'main run twice after one prologue').toEqual(first);
  return first;
}

/** A program in planned memory gives the values wanted, also with some of its inputs held to be invariant. */
export function expectPlanned(program: Program, data: readonly TypedArray[], want: readonly TypedArray[]): void {
  expect(runPlanned(program, data)).toEqual(want);
  expect(runPlanned(program, data, new Set(program.inputs.filter((_, which) => which % 2 === 1)))).toEqual(want);
  expect(runPlanned(program, data, new Set(program.inputs))).toEqual(want);
}
