import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean } from '../compositions/reductions.js';
import { sum } from '../operations/broadcast.js';
import { mul, relu } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { compute } from '../run/compute.js';
import { full, tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

const RELATIVE_ERROR = 1e-6;

const computed = (...tensors: Tensor[]) => compute(tensors, { kernels: 'wasm' }).map((values) => [...values]);

/** Sums in float64 over the axes marked in a mask. */
function truth(values: ArrayLike<number>, shape: Shape, isReduced: readonly boolean[]): number[] {
  const kept = shape.filter((_, axis) => !isReduced[axis]);
  const sums = new Array<number>(sizeOf(kept)).fill(0);
  for (let index = 0; index < values.length; index++) {
    let [rest, place, stride] = [index, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (!isReduced[axis]) {
        place += (rest % shape[axis]) * stride;
        stride *= shape[axis];
      }
      rest = Math.floor(rest / shape[axis]);
    }
    sums[place] += values[index];
  }
  return sums;
}

function expectNear(got: readonly number[], want: readonly number[], most = RELATIVE_ERROR): void {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    if (!(Math.abs(got[i] - value) <= most * Math.abs(value))) expect.fail(`element ${i} is ${got[i]}, not ${value}`);
  });
}

describe('a sum', () => {
  it('of positive terms is as near to float64 as one rounding or a few, over any axes of any shape', () => {
    const shapes = fc
      .array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(33, 130, 700)), { minLength: 1, maxLength: 4 })
      .filter((shape) => sizeOf(shape) < 400_000);
    const law = fc.property(shapes, fc.nat(15), fc.double({ min: 0.1, max: 1, noNaN: true }), (shape, mask, term) => {
      const isReduced = shape.map((_, axis) => ((mask >> axis) & 1) === 1);
      const axes = shape.flatMap((_, axis) => (isReduced[axis] ? [axis] : []));
      if (axes.length === 0) return;
      const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => term * (1 + (i % 7 === 3 ? i % 5 : 0)));
      const x = tensor(values, shape);
      const [plain, squared] = computed(sum(x, axes), sum(mul(x, x), axes));
      expectNear(plain, truth(values, shape, isReduced));
      expectNear(
        squared,
        truth(
          values.map((value) => value * value),
          shape,
          isReduced,
        ),
      );
    });
    fc.assert(law, { numRuns: 60 });
  });

  it.each([
    ['down rows', [2 ** 25, 2], 0, 0.1],
    ['along a row', [2 ** 25], 0, 0.3],
  ] as const)('of 2^25 terms %s is as near', (_, shape, axis, term) => {
    const x = tensor(new Float32Array(sizeOf(shape)).fill(term), shape);
    for (const value of computed(mean(x, axis))[0]) {
      expect(Math.abs(value / Math.fround(term) - 1)).toBeLessThan(RELATIVE_ERROR);
    }
  });

  it('of ones is exact, also of constants that are not stored', () => {
    expect(computed(mean(full([2 ** 22, 3], 1), 0), sum(full([1e6, 2], 1), 0))).toEqual([
      [1, 1, 1],
      [1e6, 1e6],
    ]);
  });

  it.each([0, 1])('over axis %i is infinite or not a number where its terms are', (axis) => {
    const shape = axis === 0 ? [1000, 6] : [6, 1000];
    const terms = new Float32Array(6000).fill(1);
    const place = (line: number, at: number) => (axis === 0 ? at * 6 + line : line * 1000 + at);
    terms[place(0, 500)] = Number.POSITIVE_INFINITY;
    terms[place(1, 3)] = Number.NEGATIVE_INFINITY;
    terms[place(2, 999)] = Number.NaN;
    terms[place(3, 40)] = Number.POSITIVE_INFINITY;
    terms[place(3, 900)] = Number.NEGATIVE_INFINITY;
    terms[place(4, 0)] = terms[place(4, 999)] = 3e38;
    expect(computed(sum(tensor(terms, shape), axis))[0]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1000,
    ]);
  });

  it('has the bits that it has without what is computed with it in one loop', () => {
    const values = Float32Array.from({ length: 64 * 100 * 5 }, (_, i) => Math.sin(i));
    const all = () => tensor(values, [64, 100, 5]);
    const x = all();
    const [together] = computed(sum(x, [0, 1]), relu(x), sum(mul(x, 2), [0, 1]));
    expect(computed(sum(all(), [0, 1]))[0]).toEqual(together);
  });
});

it('a matrix product over a long inner axis loses no more than one block does', () => {
  const [k, term] = [2 ** 20, Math.fround(0.3)];
  const long = (shape: Shape) => tensor(new Float32Array(sizeOf(shape)).fill(term), shape);
  const [row] = computed(matmul(long([2, k]), long([k, 3])));
  // A block of 256 equal products may err to the same side 256 times.
  expectNear(row, new Array<number>(6).fill(k * term * term), 4e-6);
});
