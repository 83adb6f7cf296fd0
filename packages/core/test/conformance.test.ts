import { describe, expect, it } from 'vitest';
import { sizeOf } from '../src/tensor/shape.js';
import { trace } from '../src/trace/trace.js';
import { affine } from './conformance/affine.js';
import type { Case } from './conformance/case.js';
import { compositions } from './conformance/compositions.js';
import { convolutions } from './conformance/convolutions.js';
import { elementwise } from './conformance/elementwise.js';
import { groupedConvolutions } from './conformance/grouped.js';
import { indexing } from './conformance/indexing.js';
import { integerCases as integers } from './conformance/integers.js';
import { pooling } from './conformance/pooling.js';
import { products } from './conformance/products.js';
import { reductions } from './conformance/reductions.js';
import { shaping } from './conformance/shaping.js';
import { slicing } from './conformance/slicing.js';
import { softmaxes } from './conformance/softmax.js';
import { tables } from './conformance/tables.js';
import { tiles } from './conformance/tiles.js';
import { transposedConvolutions } from './conformance/transposed.js';
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
  groupedConvolutions,
  transposedConvolutions,
  pooling,
  tiles,
  tables,
  integers,
  compositions,
  indexing,
  affine,
  softmaxes,
};

describe.each(kernelSets)('%s kernels', (kernels) => {
  describe.each(Object.entries(suites))('%s', (_suite, cases) => {
    it.each(cases.map((each) => [each.name, each] as const))(
      '%s',
      (_name, { tensor, shape, want, tolerance, dtype = 'float32' }) => {
        expect(tensor.shape).toEqual(shape);
        expect(tensor.dtype).toBe(dtype);
        const [values] = compute([tensor], kernels);
        expect(values).toBeInstanceOf(dtype === 'int32' ? Int32Array : Float32Array);
        expectValues(values, want, tolerance);
      },
    );

    it('all of them in one program', () => {
      // One empty tensor would have the reference kernels compute all.
      const isEmpty = ({ tensor }: Case) => trace([tensor]).program.values.some(({ shape }) => sizeOf(shape) === 0);
      const filled = cases.filter((each) => !isEmpty(each));
      const values = compute(
        filled.map(({ tensor }) => tensor),
        kernels,
      );
      filled.forEach(({ name, want, tolerance }, which) => {
        expectValues(values[which], want, tolerance, name);
      });
    });
  });
});
