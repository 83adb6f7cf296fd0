import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerConvolutions } from '../src/convolution/lower.js';
import { differentiate } from '../src/differentiate/differentiate.js';
import { fuse } from '../src/fuse/fuse.js';
import { lower } from '../src/run/compile.js';
import { compute } from '../src/run/compute.js';
import { runReference } from '../src/run/reference.js';
import { canonicalise } from '../src/simplify/canonical.js';
import { transposedFactors } from '../src/simplify/factors.js';
import { simplify } from '../src/simplify/simplify.js';
import type { TypedArray } from '../src/tensor/shape.js';
import type { Program } from '../src/trace/program.js';
import { trace } from '../src/trace/trace.js';
import { convolutionOptions } from './support/kernels.js';
import { expectPlanned, runFused } from './support/planned.js';
import { build, type DrawnProgram, recipes } from './support/programs.js';

const RUNS = 100;

/** Runs a law over random programs. */
function forPrograms(
  gradients: boolean,
  law: (program: Program, data: readonly TypedArray[], drawn: DrawnProgram) => void,
) {
  fc.assert(
    fc.property(recipes(), (recipe) => {
      const drawn = build(recipe, gradients);
      const { program, leaves } = trace(drawn.outputs, drawn.leaves);
      law(
        program,
        leaves.map(({ node, index }) => node.data[index] as TypedArray),
        drawn,
      );
    }),
    { numRuns: RUNS },
  );
}

/** Float32 values agree to the rounding of a few hundred operations. */
function expectClose(got: readonly TypedArray[], want: readonly TypedArray[], tolerance = 2e-4) {
  expect(got.length).toBe(want.length);
  want.forEach((values, which) => {
    const largest = Float32Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 5e-2);
    expect(got[which].length).toBe(values.length);
    values.forEach((x, i) => {
      if (!(Math.abs(got[which][i] - x) <= tolerance * largest)) {
        expect.fail(`output ${which}, element ${i} is ${got[which][i]}, expected ${x} (largest ${largest})`);
      }
    });
  });
}

const lowered = (program: Program) => differentiate(lowerConvolutions(canonicalise(simplify(program))));

describe('a random program computes the same', () => {
  it('to the bit when it is simplified', () => {
    forPrograms(true, (program, data) => {
      const plain = differentiate(program);
      expect(runReference(simplify(plain), data)).toEqual(runReference(plain, data));
    });
  });

  it('to the bit when poolings are moved forward, and its gradients but for rounding', () => {
    forPrograms(false, (program, data) => {
      expect(runReference(canonicalise(program), data)).toEqual(runReference(program, data));
    });
    forPrograms(true, (program, data) => {
      expectClose(
        runReference(differentiate(canonicalise(program)), data),
        runReference(differentiate(program), data),
        1e-5,
      );
    });
  });

  it.each(convolutionOptions)('but for rounding when its convolutions are lowered (%s)', (option) => {
    forPrograms(true, (program, data) => {
      const want = runReference(differentiate(program), data);
      expectClose(runReference(differentiate(lowerConvolutions(program, option)), data), want);
    });
  });

  it('to the bit when transpositions of factors are written out', () => {
    forPrograms(true, (program, data) => {
      const before = lowered(program);
      expect(runReference(transposedFactors(before), data)).toEqual(runReference(before, data));
    });
  });

  it('to the bit when it is fused', () => {
    forPrograms(true, (program, data) => {
      const before = lower(program);
      expect(runFused(fuse(before), data)).toEqual(runReference(before, data));
    });
  });

  it('to the bit in planned memory', () => {
    forPrograms(true, (program, data) => {
      const fused = fuse(lower(program));
      expectPlanned(fused, data, runFused(fused, data));
    });
  });

  it('but for rounding as WebAssembly', () => {
    forPrograms(true, (program, data, { outputs }) => {
      expectClose(compute(outputs, { kernels: 'wasm' }), runReference(lower(program), data));
    });
  });
});
