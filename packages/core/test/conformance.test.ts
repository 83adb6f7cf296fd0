import { describe, expect, it } from 'vitest';
import type { KernelSet } from '../src/run/evaluate.js';
import { sizeOf } from '../src/tensor/shape.js';
import { trace } from '../src/trace/trace.js';
import type { Case } from './conformance/case.js';
import { convolutions } from './conformance/convolutions.js';
import { elementwise } from './conformance/elementwise.js';
import { pooling } from './conformance/pooling.js';
import { products } from './conformance/products.js';
import { reductions } from './conformance/reductions.js';
import { shaping } from './conformance/shaping.js';
import { slicing } from './conformance/slicing.js';
import { tables } from './conformance/tables.js';
import { tiles } from './conformance/tiles.js';
import { expectValues } from './support/compare.js';
import { compute, kernelSets } from './support/kernels.js';

/** What every set of kernels must do: each operation against an independent, plain computation. */
const suites: Readonly<Record<string, readonly Case[]>> = {
  elementwise,
  shaping,
  slicing,
  reductions,
  products,
  convolutions,
  pooling,
  tiles,
  tables,
};

/** Whether a set of kernels is not yet able to do what a case asks. */
function isBeyond(kernels: KernelSet, { name, tensor }: Case): boolean {
  if (kernels === 'reference') return false;
  // The emitted loops run at least once, and takeRows reads float32 and bytes only.
  const isEmpty = trace([tensor]).program.values.some(({ shape }) => sizeOf(shape) === 0);
  return isEmpty || /of uint32/.test(name);
}

describe.each(kernelSets)('%s kernels', (kernels) => {
  describe.each(Object.entries(suites))('%s', (_suite, cases) => {
    it.for(cases.map((each) => [each.name, each] as const))('%s', ([, each], { skip }) => {
      const { tensor, shape, want, tolerance } = each;
      skip(isBeyond(kernels, each), 'empty tensors and tables of uint32 need the reference kernels');
      expect(tensor.shape).toEqual(shape);
      expect(tensor.dtype).toBe('float32');
      expectValues(compute([tensor], kernels)[0], want, tolerance);
    });
  });
});
