import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../test/support/numbers.js';
import { add, relu } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { compile } from '../run/compile.js';
import { referenceExecutable, wasmExecutable } from '../run/executable.js';
import { placeholder } from '../tensor/create.js';
import { trace } from '../trace/trace.js';
import type { Placement } from './plan.js';

const BYTES = 2 ** 20;
const memory = { initial: (2 * BYTES) / 65536, maximum: 64, shared: false } as const;

interface Drawn {
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeB: boolean;
  readonly vectorBits: 128 | 256;
}

const anyProduct: fc.Arbitrary<Drawn> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  m: fc.integer({ min: 1, max: 20 }),
  k: fc.integer({ min: 1, max: 300 }),
  n: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(32, 48, 64)),
  transposeB: fc.boolean(),
  vectorBits: fc.constantFrom(128 as const, 256 as const),
});

/** A product with something behind it, whose right factor is a weight or not. */
function compiled({ batch, m, k, n, transposeB, vectorBits }: Drawn, isWeight: boolean) {
  const a = placeholder({ shape: [batch, m, k], dtype: 'float32' }, 'a');
  const b = placeholder({ shape: transposeB ? [batch, n, k] : [batch, k, n], dtype: 'float32' }, 'b');
  const bias = placeholder({ shape: [n], dtype: 'float32' }, 'bias');
  const { program } = trace([relu(add(matmul(a, b, { transposeB }), bias))], [a, b, bias]);
  const sizes = [a, b, bias].map(({ size }) => size);
  const inputs = sizes.map((_, which): Placement => {
    const before = sizes.slice(0, which).reduce((sum, size) => sum + Math.ceil(size / 16) * 16, 0);
    return { segment: 1, offset: before * 4 };
  });
  return { sizes, inputs, ...compile(program, { inputs, invariant: isWeight ? [1, 2] : [], memory }, { vectorBits }) };
}

/** What a compiled product gives, by its module or by reference kernels. */
function resultOf(drawn: Drawn, isWeight: boolean, isReference = false): Float32Array {
  const { sizes, inputs, bytes, program, plan } = compiled(drawn, isWeight);
  const shared = new WebAssembly.Memory(memory);
  const base = shared.buffer.byteLength - BYTES;
  sizes.forEach((size, which) => {
    new Float32Array(shared.buffer, base + inputs[which].offset, size).set(numbers(size, which + 1));
  });
  const executable = isReference
    ? referenceExecutable(program, plan, shared)
    : wasmExecutable(new WebAssembly.Module(bytes), shared);
  executable.prologue(0, base);
  executable.main(0, base);
  const { offset } = plan.placements[program.outputs[0]] as Placement;
  return new Float32Array(shared.buffer.slice(offset, offset + drawn.batch * drawn.m * drawn.n * 4));
}

describe('packing factors', () => {
  it('changes no bit of a product, whichever its sizes', () => {
    fc.assert(
      fc.property(anyProduct, (drawn) => {
        expect(resultOf(drawn, true)).toEqual(resultOf(drawn, false));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a program that reference kernels can run', () => {
    fc.assert(
      fc.property(anyProduct, (drawn) => {
        const [got, expected] = [resultOf(drawn, true, true), resultOf(drawn, false)];
        for (const [at, value] of expected.entries()) expect(got[at]).toBeCloseTo(value, 3);
      }),
      { numRuns: 20 },
    );
  });

  it('is done once for all runs, for products of enough rows and whole panels alone', () => {
    const sizes = { batch: 2, m: 16, k: 8, n: 32, transposeB: false, vectorBits: 256 } as const;
    const copies = (drawn: Drawn, isWeight = true) => {
      const { plan } = compiled(drawn, isWeight);
      return { once: plan.prologue.length, always: plan.main.length };
    };
    expect(copies(sizes)).toEqual({ once: 1, always: 1 });
    // A transposition is part of it.
    expect(copies({ ...sizes, transposeB: true })).toEqual({ once: 1, always: 1 });
    expect(copies(sizes, false)).toEqual({ once: 0, always: 1 });
    expect(copies({ ...sizes, m: 2 })).toEqual({ once: 0, always: 1 });
    expect(copies({ ...sizes, n: 33 })).toEqual({ once: 0, always: 1 });
    expect(copies({ ...sizes, n: 16 })).toEqual({ once: 0, always: 1 });
  });
});
