import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeds } from '../../test/support/arbitraries.js';
import { expectValues } from '../../test/support/compare.js';
import { compute, kernelSets } from '../../test/support/kernels.js';
import { numbers } from '../../test/support/numbers.js';
import { compile } from '../run/compile.js';
import { compute as computeTensors } from '../run/compute.js';
import { tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';
import { sum } from './broadcast.js';
import { add, mul } from './elementwise.js';
import { matmul } from './matmul.js';
import { reshape, transpose } from './reshape.js';
import { concatenate, slice } from './slice.js';
import { identity } from './tiles.js';

const sampled = (shape: Shape, seed: number) => tensor(numbers(sizeOf(shape), seed), shape);
const size = fc.integer({ min: 1, max: 20 });

describe.each(kernelSets)('laws of the matrix product, %s kernels', (kernels) => {
  const expectAlike = (a: Tensor, b: Tensor) => {
    expect(a.shape).toEqual(b.shape);
    // Each in a program of its own: together, passes might make one of the two.
    const [[left], [right]] = [compute([a], kernels), compute([b], kernels)];
    expectValues(left, right);
  };

  it('is associative, distributes, and the identity is neutral', () => {
    fc.assert(
      fc.property(size, size, size, size, seeds, (m, k, n, p, seed) => {
        const [a, b, c, d] = [
          sampled([m, k], seed),
          sampled([k, n], seed + 1),
          sampled([n, p], seed + 2),
          sampled([k, n], seed + 3),
        ];
        expectAlike(matmul(matmul(a, b), c), matmul(a, matmul(b, c)));
        expectAlike(matmul(a, add(b, d)), add(matmul(a, b), matmul(a, d)));
        expectAlike(matmul(a, tensor(identity(k))), a);
        expectAlike(matmul(tensor(identity(m)), a), a);
      }),
      { numRuns: 20 },
    );
  });

  it('is transposed by transposing the factors in reverse, whether they are transposed first or on the way', () => {
    fc.assert(
      fc.property(size, size, size, seeds, (m, k, n, seed) => {
        const [a, b] = [sampled([m, k], seed), sampled([k, n], seed + 1)];
        const product = matmul(a, b);
        expectAlike(transpose(product), matmul(b, a, { transposeA: true, transposeB: true }));
        expectAlike(product, matmul(transpose(a), b, { transposeA: true }));
        expectAlike(product, matmul(a, transpose(b), { transposeB: true }));
        expectAlike(product, matmul(transpose(a), transpose(b), { transposeA: true, transposeB: true }));
      }),
      { numRuns: 20 },
    );
  });

  it('of a stack is the stack of the products', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), size, size, size, seeds, (batch, m, k, n, seed) => {
        const [a, b] = [sampled([batch, m, k], seed), sampled([batch, k, n], seed + 1)];
        const each = Array.from({ length: batch }, (_, i) => {
          const matrix = (x: Tensor) => reshape(slice(x, [i], [i + 1]), x.shape.slice(1));
          return reshape(matmul(matrix(a), matrix(b)), [1, m, n]);
        });
        expectAlike(matmul(a, b), concatenate(each));
      }),
      { numRuns: 20 },
    );
  });

  it('with a vector as a matrix is a weighted sum over columns', () => {
    fc.assert(
      fc.property(size, size, seeds, (m, k, seed) => {
        const [a, x] = [sampled([m, k], seed), sampled([k], seed + 1)];
        expectAlike(reshape(matmul(a, reshape(x, [k, 1])), [m]), sum(mul(a, x), 1));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a stack of matrices', () => {
  const operationsOf = (a: number[], b: number[], options = {}) =>
    trace([matmul(sampled(a, 1), sampled(b, 2), options)]).program.operations.map(({ name }) => name);

  it('times one matrix, or one for each of the outermost axes, is one product without a copy', () => {
    expect(operationsOf([5, 2, 3, 4], [4, 6])).toEqual(['reshape', 'matmul', 'reshape']);
    expect(operationsOf([5, 2, 3, 4], [1, 1, 6, 4], { transposeB: true })).not.toContain('broadcast');
    expect(operationsOf([5, 2, 3, 4], [5, 1, 4, 6])).not.toContain('broadcast');
    expect(operationsOf([5, 2, 4, 3], [4, 6], { transposeA: true })).not.toContain('broadcast');
  });

  it('is repeated where both broadcast', () => {
    expect(operationsOf([5, 1, 3, 4], [2, 4, 6]).filter((name) => name === 'broadcast')).toHaveLength(2);
  });
});

describe.each([false, true])('the width of vectors, fast math %s', (fastMath) => {
  it('decides how a product is cut, and none of its bits', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 50 }), seeds, (m, k, n, seed) => {
        const product = matmul(sampled([m, k], seed), sampled([k, n], seed + 1));
        const [narrow] = computeTensors([product], { fastMath, vectorBits: 128 });
        const [wide] = computeTensors([product], { fastMath, vectorBits: 256 });
        expect(new Uint32Array(wide.buffer)).toEqual(new Uint32Array(narrow.buffer));
      }),
      { numRuns: 20 },
    );
  });

  it('decides the bytes of a module', () => {
    const [a, b] = [sampled([24, 16], 1), sampled([16, 48], 2)];
    const { program } = trace([matmul(a, b)], [a, b]);
    const inputs = [0, 4096].map((offset) => ({ segment: 1, offset }));
    const binding = { inputs, memory: { initial: 1, maximum: 16, shared: false } };
    const [narrow, wide] = ([128, 256] as const).map((vectorBits) =>
      compile(program, binding, { fastMath, vectorBits }),
    );
    expect(wide.bytes).not.toEqual(narrow.bytes);
  });
});
