import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runFused } from '../../test/support/planned.js';
import { build, recipes } from '../../test/support/programs.js';
import { square } from '../compositions/arithmetic.js';
import { mean } from '../compositions/reductions.js';
import { broadcastTo, sum } from '../operations/broadcast.js';
import { add, div, exp, mul, neg, relu, sigmoid, sub, tanh } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { matmul } from '../operations/matmul.js';
import { maxPool2d } from '../operations/pooling.js';
import { max } from '../operations/reductions.js';
import { reshape } from '../operations/reshape.js';
import { lower } from '../run/compile.js';
import { compute } from '../run/compute.js';
import { runReference } from '../run/reference.js';
import { tensor } from '../tensor/create.js';
import type { TypedArray } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { countProgram } from './counters.js';
import { fuse } from './fuse.js';
import type { KernelAttributes } from './kernels.js';

const leaf = (...shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + shape.length)),
    shape,
  );

/** Kernels by kind of what tensors compute. */
const kernelsOf = (...tensors: Tensor[]) => countProgram(fuse(lower(trace(tensors).program))).operations;

/** The values of tensors, fused, are those of the unfused program to the bit, and nearly those as WebAssembly. */
function expectUnchanged(...tensors: Tensor[]): void {
  const { program, leaves } = trace(tensors);
  const data = leaves.map(({ node, index }) => node.data[index] as TypedArray);
  const lowered = lower(program);
  const want = runReference(lowered, data);
  expect(runFused(fuse(lowered), data)).toEqual(want);
  compute(tensors, { kernels: 'wasm' }).forEach((values, which) => {
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(want[which][i], 4);
    });
  });
}

describe('fuse makes one kernel of', () => {
  it('an element-wise chain with its broadcasts', () => {
    const [x, row, column] = [leaf(6, 5), leaf(5), leaf(6, 1)];
    const chain = tanh(mul(add(relu(x), row), column));
    expect(kernelsOf(chain)).toEqual({ loop: 1 });
    expectUnchanged(chain);
  });

  it('a chain, what is read off in between, and reductions of it', () => {
    const x = leaf(6, 5);
    const y = exp(neg(x));
    const outputs = [y, sum(y, 0), max(mul(y, 2), 1), mean(y)];
    expect(kernelsOf(...outputs.slice(0, 3))).toEqual({ loop: 1 });
    expectUnchanged(...outputs);
  });

  it('a matrix product, its bias and its activation', () => {
    const y = sigmoid(add(matmul(leaf(7, 4), leaf(4, 9)), leaf(9)));
    expect(kernelsOf(y)).toEqual({ matmul: 1 });
    expectUnchanged(y);
  });

  it('a pooling, the places for its gradient and what follows', () => {
    const x = leaf(2, 6, 6, 3);
    const loss = sum(square(relu(maxPool2d(x, 2))));
    const { maxPool2d: pools, maxPool2dPlace: places } = kernelsOf(loss, ...grad(loss, [x]));
    expect([pools, places]).toEqual([1, undefined]);
    expectUnchanged(loss, ...grad(loss, [x]));
  });
});

describe('fuse keeps apart', () => {
  it.each([
    ['of length one', [6, 1], 1],
    ['of any length', [6, 5], 1],
    ['of a tensor of one element', [1, 1], 0],
  ] as const)('a reduction over an axis %s and what reads it', (_, shape, axis) => {
    const x = exp(leaf(...shape));
    const centred = div(sub(x, max(x, axis, { keepDims: true })), sum(x, axis, { keepDims: true }));
    expectUnchanged(x, centred, sum(centred));
  });

  it('a broadcast that a product reads and that a loop could compute on the way', () => {
    const [row, x] = [leaf(4), leaf(3, 4)];
    const rows = broadcastTo(row, [3, 4]);
    expectUnchanged(add(rows, x), matmul(rows, leaf(4, 2)), mul(rows, 2));
    expectUnchanged(tanh(rows), rows, sum(rows));
  });

  it('a broadcast that is reshaped across its axes', () => {
    const rows = reshape(broadcastTo(leaf(3, 1), [3, 4]), [4, 3]);
    expectUnchanged(mul(rows, leaf(4, 3)), add(rows, 1));
  });
});

describe('a fused random program', () => {
  const forFused = (law: (fused: Program, lowered: Program) => void) =>
    fc.assert(
      fc.property(recipes(), fc.boolean(), (recipe, gradients) => {
        const { outputs, leaves } = build(recipe, gradients);
        const lowered = lower(trace(outputs, leaves).program);
        law(fuse(lowered), lowered);
      }),
      { numRuns: 60 },
    );

  it('computes every value once, after what it is computed from, and all that is asked for', () => {
    forFused((fused) => {
      const known = new Set(fused.inputs);
      for (const { inputs, outputs } of fused.operations) {
        for (const value of inputs) expect(known.has(value), `value ${value} is known`).toBe(true);
        for (const value of outputs) {
          expect(known.has(value), `value ${value} is new`).toBe(false);
          known.add(value);
        }
      }
      for (const value of fused.outputs) expect(known.has(value)).toBe(true);
    });
  });

  it('stores nothing that nobody reads', () => {
    forFused((fused) => {
      const read = new Set([...fused.outputs, ...fused.operations.flatMap(({ inputs }) => inputs)]);
      for (const { outputs } of fused.operations) for (const value of outputs) expect(read.has(value)).toBe(true);
    });
  });

  it('has kernels whose bodies fit their operands, and moves no more bytes than before', () => {
    forFused((fused, lowered) => {
      for (const { name, inputs, outputs, attributes } of fused.operations) {
        if (name === 'reshape') continue;
        const { body } = attributes as KernelAttributes;
        expect(body.inputs.map((value) => body.values[value])).toEqual(inputs.map((value) => fused.values[value]));
        expect(body.outputs.map((value) => body.values[value])).toEqual(outputs.map((value) => fused.values[value]));
      }
      const [before, after] = [countProgram(lowered), countProgram(fused)];
      expect(after.bytesWritten).toBeLessThanOrEqual(before.bytesWritten);
      expect(after.multiplyAccumulates).toBe(before.multiplyAccumulates);
    });
  });
});
