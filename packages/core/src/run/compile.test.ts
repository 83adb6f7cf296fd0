import { describe, expect, it } from 'vitest';
import { autoencoderTraining } from '../../test/support/autoencoder.js';
import { numbers } from '../../test/support/numbers.js';
import { layOut } from '../../test/support/planned.js';
import type { ConvolutionRecord } from '../convolution/lower.js';
import { sum } from '../operations/broadcast.js';
import { placeholder } from '../operations/definition.js';
import { add, mul } from '../operations/elementwise.js';
import type { Placement } from '../plan/plan.js';
import { tensor } from '../tensor/create.js';
import { sizeOf } from '../tensor/shape.js';
import type { Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { compile, lower } from './compile.js';
import { referenceExecutable, wasmExecutable } from './executable.js';

const memory = { initial: 1, maximum: 65536, shared: false };
const vector = (name: string) => placeholder({ shape: [5], dtype: 'float32' }, name);
const at = (segment: number, offset = 0): Placement => ({ segment, offset });

describe('compile', () => {
  it('updates inputs in place, again and again, by both sets of kernels', () => {
    const [x, sum] = [vector('x'), vector('sum')];
    const { program } = trace([add(sum, mul(x, 2))], [x, sum]);
    const compiled = compile(program, { inputs: [at(1), at(2)], outputs: [at(2)], memory });
    const room = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    for (const executable of [
      wasmExecutable(new WebAssembly.Module(compiled.bytes), room),
      referenceExecutable(compiled.program, compiled.plan, room),
    ]) {
      const values = new Float32Array(room.buffer, 0, 64);
      values.fill(0);
      values.set([1, 2, 3, 4, 5], 16);
      for (let round = 0; round < 3; round++) executable.main(512, 64, 128);
      expect([...values.subarray(32, 37)]).toEqual([6, 12, 18, 24, 30]);
      expect([...values.subarray(37, 48)]).toEqual(new Array(11).fill(0));
    }
  });

  it('gives the gradients of the autoencoder alike by both sets of kernels, with weights that stay', () => {
    const { program, weights } = autoencoderTraining(2);
    const { placed, bytes } = layOut(program, 1);
    const inputs = program.inputs.map((value) => placed.get(value) as Placement);
    const outputs = inputs.slice(1 + weights.length);
    const compiled = compile(program, { inputs, outputs, invariant: weights, memory });
    expect(compiled.plan.prologue.length).toBeGreaterThan(0);
    const room = new WebAssembly.Memory({
      initial: Math.ceil((bytes + compiled.arenaBytes) / 65536) + 1,
      maximum: 65536,
    });
    const results = [
      wasmExecutable(new WebAssembly.Module(compiled.bytes), room),
      referenceExecutable(compiled.program, compiled.plan, room),
    ].map(({ prologue, main }) => {
      new Uint8Array(room.buffer).fill(0);
      program.inputs.slice(0, 1 + weights.length).forEach((value, which) => {
        const { shape } = program.values[value];
        const scale = which === 0 ? 1 : 0.1;
        const values = numbers(sizeOf(shape), which).map((x) => scale * x);
        new Float32Array(room.buffer, inputs[which].offset, values.length).set(values);
      });
      prologue(bytes, 0);
      main(bytes, 0);
      main(bytes, 0);
      return outputs.map(({ offset }, which) => {
        const value = program.outputs[which];
        return new Float32Array(room.buffer, offset, sizeOf(program.values[value].shape)).slice();
      });
    });
    results[1].forEach((want, which) => {
      const norm = (values: Float32Array) => Math.hypot(...values);
      expect(norm(want)).toBeGreaterThan(0);
      const difference = results[0][which].map((x, i) => x - want[i]);
      expect(norm(difference) / norm(want), `gradient ${which}`).toBeLessThan(6e-5);
    });
  });

  /** The five numbers at each place after a run in which those at segment s were s0, s1, ... */
  function run(program: Program, inputs: readonly Placement[], outputs: readonly Placement[]) {
    const compiled = compile(program, { inputs, outputs, memory });
    const room = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    return [
      wasmExecutable(new WebAssembly.Module(compiled.bytes), room),
      referenceExecutable(compiled.program, compiled.plan, room),
    ].map((executable) => {
      const at = (segment: number) => new Float32Array(room.buffer, 64 * segment, 5);
      for (const segment of [1, 2, 3]) at(segment).set([0, 1, 2, 3, 4].map((i) => 10 * segment + i));
      executable.main(1024, 64, 128, 192);
      return outputs.map(({ segment }) => [...at(segment)]);
    });
  }

  it('copies a value that is asked for at two places, and an input', () => {
    const x = vector('x');
    const twice = trace([add(x, 1), add(x, 1)], [x]).program;
    const more = [11, 12, 13, 14, 15];
    for (const got of run(twice, [at(1)], [at(2), at(3)])) expect(got).toEqual([more, more]);
    const itself = trace([x, x], [x]).program;
    const same = [10, 11, 12, 13, 14];
    for (const got of run(itself, [at(1)], [at(2), at(1)])) expect(got).toEqual([same, same]);
  });

  it('computes apart what would overwrite inputs that are still to be read', () => {
    const [x, y] = [vector('x'), vector('y')];
    const { program } = trace([add(x, sum(y)), x, add(y, sum(x))], [x, y]);
    for (const got of run(program, [at(1), at(2)], [at(1), at(3), at(2)])) {
      expect(got).toEqual([
        [120, 121, 122, 123, 124],
        [10, 11, 12, 13, 14],
        [80, 81, 82, 83, 84],
      ]);
    }
  });

  it('reads in a loop what another result of it takes the place of', () => {
    const [x, y] = [vector('x'), vector('y')];
    const { program } = trace([mul(y, 2), add(x, 1)], [x, y]);
    const [doubled, more] = [
      [40, 42, 44, 46, 48],
      [11, 12, 13, 14, 15],
    ];
    for (const got of run(program, [at(1), at(2)], [at(1), at(3)])) expect(got).toEqual([doubled, more]);
    for (const got of run(program, [at(1), at(2)], [at(1), at(2)])) expect(got).toEqual([doubled, more]);
  });

  it('keeps older and older values of what it changes', () => {
    const [x, last, first] = [vector('x'), vector('last'), vector('first')];
    const { program } = trace([add(x, sum(x)), x, last], [x, last, first]);
    for (const got of run(program, [at(1), at(2), at(3)], [at(1), at(2), at(3)])) {
      expect(got).toEqual([
        [70, 71, 72, 73, 74],
        [10, 11, 12, 13, 14],
        [20, 21, 22, 23, 24],
      ]);
    }
  });

  it('refuses inputs without a place', () => {
    const x = vector('x');
    const captured = trace([add(x, tensor([1, 2, 3, 4, 5]))], [x]).program;
    expect(() => compile(captured, { inputs: [at(1)], memory })).toThrow(
      'compile: the program has 2 inputs, and places are given for 1. Tensors that hold data are inputs, too',
    );
  });
});

describe('lower', () => {
  it('leaves neither gradients nor convolutions, and tells of each convolution', () => {
    const records: ConvolutionRecord[] = [];
    const { program } = autoencoderTraining(2);
    const names = lower(program, { record: (record) => records.push(record) }).operations.map(({ name }) => name);
    for (const name of ['gradient', 'conv2d', 'conv2dInputGradient', 'conv2dWeightGradient', 'upsample2d']) {
      expect(names).not.toContain(name);
    }
    expect(records.map(({ weight }) => weight[3])).toEqual([32, 64, 64, 32, 1]);
    for (const { reason } of records) expect(reason.length).toBeGreaterThan(10);
  });

  it('gives the same program for the same program', () => {
    const { program } = autoencoderTraining(2);
    expect(lower(program)).toEqual(lower(program));
    expect(JSON.parse(JSON.stringify(lower(program)))).toEqual(lower(program));
  });
});
