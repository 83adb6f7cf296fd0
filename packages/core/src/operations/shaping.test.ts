import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcastable, seeds, shapes, shapesWithAxes } from '../../test/support/arbitraries.js';
import { expectValues } from '../../test/support/compare.js';
import { compute, kernelSets } from '../../test/support/kernels.js';
import { numbers } from '../../test/support/numbers.js';
import { pad } from '../compositions/pad.js';
import { mean } from '../compositions/reductions.js';
import { tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastTo, sum } from './broadcast.js';
import { mul } from './elementwise.js';
import { grad } from './gradient.js';
import { max } from './reductions.js';
import { reshape, transpose } from './reshape.js';
import { concatenate, slice } from './slice.js';

const sampled = (shape: Shape, seed: number) => tensor(numbers(sizeOf(shape), seed), shape);

const permutations = shapes.chain((shape) => {
  const axes = shape.map((_, axis) => axis);
  const permutation = fc.shuffledSubarray(axes, { minLength: axes.length });
  return fc.record({ shape: fc.constant(shape), first: permutation, second: permutation });
});

const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((total, value, i) => total + value * y[i], 0);

describe.each(kernelSets)('laws of shapes, %s kernels', (kernels) => {
  /** Two tensors have the same shape and the same bits. */
  const expectSame = (a: Tensor, b: Tensor) => {
    expect(a.shape).toEqual(b.shape);
    // Each in a program of its own: together, passes might make one of the two.
    const [[left], [right]] = [compute([a], kernels), compute([b], kernels)];
    expect(left).toEqual(right);
  };

  it('two transpositions are one by their product, and the inverse undoes', () => {
    fc.assert(
      fc.property(permutations, seeds, ({ shape, first, second }, seed) => {
        const x = sampled(shape, seed);
        const product = second.map((axis) => first[axis]);
        expectSame(transpose(transpose(x, first), second), transpose(x, product));
        const inverse = first.map((_, axis) => first.indexOf(axis));
        expectSame(transpose(transpose(x, first), inverse), x);
        expectSame(transpose(transpose(x)), x);
      }),
      { numRuns: 30 },
    );
  });

  it('a slice undoes a padding, and what it cuts off is zero', () => {
    const amounts = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(shapes, amounts, seeds, (shape, drawn, seed) => {
        const x = sampled(shape, seed);
        const around = shape.map((_, axis) => drawn[axis]);
        const padded = pad(x, around);
        const begin = around.map(([before]) => before);
        expectSame(
          slice(
            padded,
            begin,
            begin.map((at, axis) => at + shape[axis]),
          ),
          x,
        );
        const [whole, part] = compute([sum(mul(padded, padded)), sum(mul(x, x))], kernels);
        expect(whole[0]).toBeCloseTo(part[0], 4);
      }),
      { numRuns: 30 },
    );
  });

  it('slices in steps, from every start, are all of a tensor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), seeds, (length, step, seed) => {
        const x = sampled([length, 3], seed);
        const count = Math.ceil(length / step) * step;
        const padded = pad(x, [
          [0, count - length],
          [0, 0],
        ]);
        const parts = Array.from({ length: step }, (_, start) => slice(padded, [start], [], [step]));
        const columns = parts.map((part) => reshape(part, [count / step, 1, 3]));
        expectSame(slice(reshape(concatenate(columns, 1), [count, 3]), [0], [length]), x);
      }),
      { numRuns: 30 },
    );
  });

  it('concatenating what a tensor is cut into gives it back, along any axis', () => {
    const cuts = shapes
      .filter((shape) => shape.length > 0)
      .chain((shape) =>
        fc.nat(shape.length - 1).chain((axis) =>
          fc.record({
            shape: fc.constant(shape),
            axis: fc.constant(axis),
            at: fc.array(fc.nat(shape[axis]), { maxLength: 4 }).map((list) => list.sort((a, b) => a - b)),
          }),
        ),
      );
    fc.assert(
      fc.property(cuts, seeds, ({ shape, axis, at }, seed) => {
        const x = sampled(shape, seed);
        const bounds = [0, ...at, shape[axis]];
        const parts = bounds.slice(1).map((end, i) =>
          slice(
            x,
            shape.map((_, a) => (a === axis ? bounds[i] : 0)),
            shape.map((length, a) => (a === axis ? end : length)),
          ),
        );
        // The emitted loops have nothing for parts without elements.
        const kept = kernels !== 'reference' ? parts.filter(({ size }) => size > 0) : parts;
        expectSame(concatenate(kept, axis), x);
      }),
      { numRuns: 30 },
    );
  });

  it('slice, pad and transpose have the adjoints that their gradients say: <f(x), y> = <x, f*(y)>', () => {
    const linear: Record<string, (x: Tensor) => Tensor> = {
      slice: (x) => slice(x, [0, 1], [3, undefined], [2, 1]),
      pad: (x) =>
        pad(x, [
          [1, 2],
          [0, 3],
        ]),
      transpose: (x) => transpose(x),
      concatenate: (x) => concatenate([x, x], 1),
      broadcastTo: (x) => broadcastTo(x, [2, ...x.shape]),
    };
    for (const [name, f] of Object.entries(linear)) {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 6 }), seeds, (rows, columns, seed) => {
          const x = sampled([rows, columns], seed);
          const result = f(x);
          const y = sampled(result.shape, seed + 1);
          const [adjoint] = grad(sum(mul(result, y)), [x]);
          const [fx, fy] = compute([result, adjoint], kernels);
          expect(Math.abs(dot(fx, y.toArray()) - dot(x.toArray(), fy)), name).toBeLessThan(1e-4);
        }),
        { numRuns: 10 },
      );
    }
  });

  it('reducing over axes in turn is reducing over them at once', () => {
    fc.assert(
      fc.property(shapesWithAxes, seeds, ({ shape, axes }, seed) => {
        const x = sampled(shape, seed);
        for (const reduction of [sum, mean, max]) {
          const inTurn = axes.reduceRight((y, axis) => reduction(y, axis), x);
          const atOnce = reduction(x, axes);
          expect(inTurn.shape).toEqual(atOnce.shape);
          const [[a], [b]] = [compute([inTurn], kernels), compute([atOnce], kernels)];
          expectValues(a, b);
          const kept = reduction(x, axes, { keepDims: true });
          expectSame(reshape(kept, atOnce.shape), atOnce);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('the mean of what was broadcast is what it was', () => {
    fc.assert(
      fc.property(broadcastable(1), seeds, ({ shape, operands: [operand] }, seed) => {
        const x = sampled(operand, seed);
        const [[whole], [part]] = [compute([mean(broadcastTo(x, shape))], kernels), compute([mean(x)], kernels)];
        expectValues(whole, part);
      }),
      { numRuns: 30 },
    );
  });
});
