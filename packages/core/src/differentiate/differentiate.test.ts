import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcastable, seeds, shapes } from '../../test/support/arbitraries.js';
import { expectValues } from '../../test/support/compare.js';
import { differentiable } from '../../test/support/differentiable.js';
import { compute, computeByReference, kernelSets } from '../../test/support/kernels.js';
import { numbers } from '../../test/support/numbers.js';
import { clip, square } from '../compositions/arithmetic.js';
import { mean } from '../compositions/reductions.js';
import { affineSample } from '../operations/affine-sample.js';
import { sum } from '../operations/broadcast.js';
import { conv2d } from '../operations/conv2d.js';
import {
  abs,
  add,
  equal,
  exp,
  greater,
  maximum,
  minimum,
  mul,
  relu,
  sigmoid,
  tanh,
  where,
} from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { matmul } from '../operations/matmul.js';
import { maxPool2d } from '../operations/pooling.js';
import { max } from '../operations/reductions.js';
import { reshape } from '../operations/reshape.js';
import { takeRows } from '../operations/rows.js';
import { stopGradient } from '../operations/stop-gradient.js';
import { upsample2d } from '../operations/upsample2d.js';
import { table, tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';
import { differentiate } from './differentiate.js';

const sampled = (shape: Shape, seed: number) => tensor(numbers(sizeOf(shape), seed), shape);

describe('differentiate', () => {
  it('leaves no gradient in a program, nested ones included', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(differentiable)).chain((each) => each),
        seeds,
        (drawn, seed) => {
          const inputs = drawn.shapes.map((shape, which) => sampled(shape, seed + which));
          const first = grad(sum(square(drawn.apply(...inputs))), inputs);
          const second = grad(first.map((gradient) => sum(square(gradient))).reduce(add), inputs);
          const { program } = trace(second);
          expect(program.operations.filter(({ name }) => name === 'gradient')).toHaveLength(2);
          const { operations, outputs, values } = differentiate(program);
          expect(operations.filter(({ name }) => name === 'gradient')).toEqual([]);
          // A gradient has the shape of what it is taken in.
          expect(outputs.map((value) => values[value].shape)).toEqual(drawn.shapes);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe.each(kernelSets)('gradients by %s kernels', (kernels) => {
  const values = (loss: Tensor, parameters: readonly Tensor[]) =>
    compute(grad(loss, parameters), kernels).map((gradient) => [...gradient]);

  it('are linear: grad(a f + b g) = a grad f + b grad g', () => {
    const functions = [tanh, exp, square, sigmoid, (x: Tensor) => mul(x, add(x, 1)), relu];
    fc.assert(
      fc.property(shapes, seeds, fc.nat(5), fc.nat(5), (shape, seed, f, g) => {
        const x = sampled(shape, seed);
        const [a, b] = [0.75, -1.5];
        const [left, right] = [sum(functions[f](x)), mean(functions[g](x))];
        const [both, ofLeft, ofRight] = compute(
          [add(mul(left, a), mul(right, b)), left, right].flatMap((loss) => grad(loss, [x])),
          kernels,
        );
        expectValues(
          both,
          ofLeft.map((value, i) => a * value + b * ofRight[i]),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('follow the chain rule through a broadcast: what is repeated collects all it was repeated to', () => {
    fc.assert(
      fc.property(broadcastable(2), seeds, ({ operands: [a, b] }, seed) => {
        const [x, y] = [sampled(a, seed), sampled(b, seed + 1)];
        const product = mul(x, y);
        const repeated = product.size / x.size;
        const [gx] = values(sum(add(product, mul(x, 0))), [x]);
        expect(gx).toHaveLength(x.size);
        const total = gx.reduce((whole, value) => whole + value, 0);
        // Every element of y meets as many elements of the product.
        const want = y.toArray().reduce((whole, value) => whole + value, 0) * (product.size / y.size);
        expect(Math.abs(total - want)).toBeLessThan(1e-4 * Math.max(1, repeated * x.size));
      }),
      { numRuns: 30 },
    );
  });

  it('are zeros in what the loss does not depend on, in the shape of each', () => {
    const [x, y, z] = [tensor([1, 2]), tensor([[1], [2], [3]]), tensor(4)];
    expect(values(sum(square(x)), [y, x, z])).toEqual([[0, 0, 0], [2, 4], [0]]);
  });

  it('of a tensor in itself are one, also where it is asked for twice', () => {
    const loss = sum(tensor([1, 2]));
    expect(values(loss, [loss, loss])).toEqual([[1], [1]]);
    const one = tensor([[3]]);
    expect(values(one, [one])).toEqual([[1]]);
  });

  it('add up over all ways from the parameter to the loss', () => {
    const x = tensor([2, -3]);
    const y = mul(x, x);
    // x^2 + x^2 x + 5x
    const loss = sum(add(add(y, mul(y, x)), mul(x, 5)));
    expect(values(loss, [x])).toEqual([[2 * 2 + 3 * 4 + 5, -6 + 27 + 5]]);
  });

  it('may be taken in what is computed', () => {
    const x = tensor([1, 2]);
    const y = mul(x, 3);
    const z = square(y);
    expect(values(sum(z), [x, y, z])).toEqual([
      [18, 36],
      [6, 12],
      [1, 1],
    ]);
  });

  it('may be used in what follows, such as a step of descent or the norm of a gradient', () => {
    const x = tensor([1, -2, 3]);
    const [gradient] = grad(sum(mul(square(x), x)), [x]);
    const [step] = compute([add(x, mul(gradient, -0.125))], kernels);
    expect([...step]).toEqual([1 - 0.375, -2 - 1.5, 3 - 3.375]);
    // The gradient of |3x^2|^2 is 36 x^3.
    expect(values(sum(square(gradient)), [x])).toEqual([[36, -288, 972]]);
  });

  it('of second order are those of the Hessian: a quadratic form gives back its matrix', () => {
    const matrix = tensor([
      [2, 1],
      [1, 3],
    ]);
    const x = tensor([[0.5], [-1]]);
    const form = mul(sum(mul(x, matmul(matrix, x))), 0.5);
    const [gradient] = grad(form, [x]);
    const rows = [0, 1].map((row) => sum(mul(gradient, tensor(row === 0 ? [[1], [0]] : [[0], [1]]))));
    expect(rows.map((each) => values(each, [x])[0])).toEqual([
      [2, 1],
      [1, 3],
    ]);
  });

  it('do not pass through comparisons and conditions', () => {
    const x = tensor([1, 2, 3]);
    expect(values(sum(greater(x, 2)), [x])).toEqual([[0, 0, 0]]);
    expect(values(sum(mul(equal(x, 2), x)), [x])).toEqual([[0, 1, 0]]);
    expect(values(sum(where(greater(x, 1), mul(x, 5), 7)), [x])).toEqual([[0, 5, 5]]);
  });

  it('add up in the rows of a table that were taken, and pass by what is data', () => {
    const rows = tensor([
      [1, 2],
      [3, 4],
    ]);
    const taken = takeRows(rows, table(Uint32Array.of(1, 0, 1)));
    expect(values(sum(square(taken)), [rows])).toEqual([[2, 4, 12, 16]]);
    // Rows of data beside the parameters, a comparison of rows, and a loss of other things are no obstacle.
    const x = tensor([1, 2]);
    expect(values(sum(mul(taken, x)), [x])).toEqual([[7, 10]]);
    expect(values(sum(mul(greater(taken, 2), x)), [rows, x])).toEqual([
      [0, 0, 0, 0],
      [2, 2],
    ]);
    expect(values(sum(square(rows)), [rows])).toEqual([[2, 4, 6, 8]]);
  });

  it('do not pass silently through an operation that has none: it is named', () => {
    const [images, matrix] = [tensor([1, 2, 3, 4], [1, 2, 2, 1]), tensor([1, 0, 0.5, 0, 1, 0], [2, 3])];
    const x = tensor([2]);
    const read = (by: Tensor) => sum(affineSample(images, by, { fillMode: 'nearest' }));
    expect(() => values(read(matrix), [matrix])).toThrow(TypeError);
    expect(() => values(read(mul(matrix, x)), [x])).toThrow(
      /^grad: .* affineSample of \[1,2,2,1\] and \[1,2,3\], which has no gradient in its matrices\..*stopGradient/,
    );
    // Matrices of data, those kept out, and a loss of other things are no obstacle.
    expect(values(read(matrix), [images])).toEqual([[0.5, 1.5, 0.5, 1.5]]);
    expect(values(mul(sum(x), read(stopGradient(mul(matrix, x)))), [matrix])).toEqual([[0, 0, 0, 0, 0, 0]]);
  });

  it('at kinks and ties are what the documentation says', () => {
    const x = tensor([-1, 0, 1]);
    expect(values(sum(relu(x)), [x])).toEqual([[0, 0, 1]]);
    expect(values(sum(abs(x)), [x])).toEqual([[-1, 0, 1]]);
    const y = tensor([0, 0, 0]);
    expect(values(sum(maximum(x, y)), [x, y])).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
    expect(values(sum(minimum(x, y)), [x, y])).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    // The bounds themselves are within them.
    expect(values(sum(clip(x, -1, 1)), [x])).toEqual([[1, 1, 1]]);
    const ties = tensor([
      [3, 1, 3],
      [2, 2, 2],
    ]);
    expectValues(values(sum(max(ties, 1)), [ties])[0], [0.5, 0, 0.5, 1 / 3, 1 / 3, 1 / 3]);
    const image = tensor([4, 4, 1, 4], [1, 2, 2, 1]);
    expect(values(sum(maxPool2d(image)), [image])).toEqual([[1, 0, 0, 0]]);
  });

  /** A loss, and something computed on the way that a pass would do without. */
  const onTheWay: Readonly<Record<string, (x: Tensor) => readonly [Tensor, Tensor]>> = {
    'an activation before pooling': (x) => {
      const y = relu(x);
      return [sum(square(maxPool2d(y))), y];
    },
    'a bias before pooling': (x) => {
      const y = add(x, tensor([0.5]));
      return [sum(square(maxPool2d(y))), y];
    },
    'images that are upsampled': (x) => {
      const y = upsample2d(x);
      return [sum(square(maxPool2d(y))), y];
    },
    'upsampled images before a convolution': (x) => {
      const y = upsample2d(x);
      return [sum(square(conv2d(y, sampled([3, 3, 1, 2], 1), { padding: 'same' }))), y];
    },
    'a reshape of a reshape': (x) => {
      const y = reshape(x, [2, 4]);
      return [sum(square(reshape(y, [4, 2]))), y];
    },
    'a product with one': (x) => {
      const y = mul(x, 1);
      return [sum(add(mul(y, 3), x)), y];
    },
  };
  for (const [name, make] of Object.entries(onTheWay)) {
    it(`may be taken in ${name}`, () => {
      const [loss, parameter] = make(tensor([1, -2, 3, 4, 5, 6, 7, 8], [1, 2, 4, 1]));
      const [truth] = computeByReference(grad(loss, [parameter]));
      expectValues(values(loss, [parameter])[0], truth);
    });
  }
});
