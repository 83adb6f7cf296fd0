import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../test/support/numbers.js';
import { runPartition } from '../../test/support/run-partition.js';
import { square } from '../compositions/arithmetic.js';
import { cumsum } from '../compositions/cumsum.js';
import { gather, scatterAdd } from '../compositions/gather.js';
import { flip, roll } from '../compositions/order.js';
import { pad } from '../compositions/pad.js';
import { mean } from '../compositions/reductions.js';
import { affineSample } from '../operations/affine-sample.js';
import { broadcastTo, sum } from '../operations/broadcast.js';
import { conv2d } from '../operations/conv2d.js';
import { placeholder } from '../operations/definition.js';
import { depthwiseConv2d } from '../operations/depthwise.js';
import { abs, add, div, exp, mul, neg, relu, sigmoid, sqrt, sub, tanh } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { matmul } from '../operations/matmul.js';
import { maxPool2d } from '../operations/pooling.js';
import { max } from '../operations/reductions.js';
import { reshape, transpose } from '../operations/reshape.js';
import { takeRows } from '../operations/rows.js';
import { concatenate, slice } from '../operations/slice.js';
import { upsample2d } from '../operations/upsample2d.js';
import { lower } from '../run/compile.js';
import { runReference } from '../run/reference.js';
import { type Shape, sizeOf, type TypedArray } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';
import { partition } from './partition.js';

/** Things to compute from examples x [batch, 6], weights w [6, 4] and one number an example, v [batch]. */
interface Given {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly v: Tensor;
}

/** The values of some results on the whole batch, and by micro-batches of a size. */
function bothWays(build: (given: Given) => readonly Tensor[], batch: number, microBatch: number) {
  const x = placeholder({ shape: [batch, 6], dtype: 'float32' }, 'x');
  const v = placeholder({ shape: [batch], dtype: 'float32' }, 'v');
  const w = placeholder({ shape: [6, 4], dtype: 'float32' }, 'w');
  const program = lower(trace(build({ x, w, v }), [x, v, w]).program);
  const inputs = [numbers(batch * 6, 1), numbers(batch, 2), numbers(24, 3)].map((list) => Float32Array.from(list));
  const cut = partition(program, { examples: [0, 1], batch });
  return {
    whole: runReference(program, inputs),
    cut: runPartition(cut, inputs, batch, microBatch),
    phases: cut.phases.length,
  };
}

function expectClose(got: TypedArray, expected: TypedArray, what = ''): void {
  expect(got.length, what).toBe(expected.length);
  const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
  got.forEach((value, index) => {
    expect(Math.abs(value - expected[index]) / scale, `${what} at ${index}: ${value}, ${expected[index]}`).toBeLessThan(
      2e-5,
    );
  });
}

const perExample = ({ x, w, v }: Given) => mul(mean(square(tanh(matmul(x, w))), 1), v);

/** Losses in which examples meet in every way that there is, and the phases that each needs with its gradient. */
const losses: Readonly<Record<string, { loss: (given: Given) => Tensor; phases: number }>> = {
  'a mean': { loss: (given) => mean(perExample(given)), phases: 1 },
  'a sum': { loss: (given) => sum(perExample(given)), phases: 1 },
  'the root of a mean': { loss: (given) => sqrt(mean(square(perExample(given)))), phases: 2 },
  'the largest': { loss: (given) => max(perExample(given)), phases: 3 },
  'a penalty on weights': {
    loss: (given) => add(mean(perExample(given)), mul(sum(square(given.w)), 0.1)),
    phases: 1,
  },
  'the variance of the batch': {
    loss: ({ x, w }) => {
      const z = matmul(x, w);
      return mean(square(sub(z, mean(z, 0))));
    },
    phases: 3,
  },
  'normalisation by the batch': {
    loss: ({ x, w, v }) => {
      const z = matmul(x, w);
      const centred = sub(z, mean(z, 0));
      const normal = div(centred, sqrt(add(mean(square(centred), 0), 1e-3)));
      return mean(mul(sum(sigmoid(normal), 1), v));
    },
    phases: 5,
  },
  'products of all pairs': {
    loss: ({ x, w }) => {
      const z = tanh(matmul(x, w));
      return mean(square(matmul(z, transpose(z))));
    },
    // The gradient's product along the batch is a sum that is computed by micro-batches, too.
    phases: 3,
  },
  'each example backwards, with numbers around it, summed up': {
    loss: ({ x, w }) => {
      const around = pad(
        flip(matmul(x, w), 1),
        [
          [0, 0],
          [2, 1],
        ],
        { constantValues: 2 },
      );
      return mean(square(cumsum(roll(around, 2, -1), 1)));
    },
    phases: 1,
  },
  'the batch backwards': {
    loss: ({ x, w }) => {
      const z = tanh(matmul(x, w));
      return mean(mul(z, flip(z, 0)));
    },
    phases: 2,
  },
  'stacks of matrices that broadcast': {
    loss: ({ x, w }) => {
      const rows = reshape(x, [x.shape[0], 1, 2, 3]);
      const matrices = reshape(w, [2, 3, 4]);
      const each = matmul(rows, matrices);
      return mean(square(matmul(each, reshape(w, [1, 4, 6]))));
    },
    phases: 1,
  },
  neighbours: {
    loss: ({ x, w }) => {
      const z = tanh(matmul(x, w));
      const [batch] = z.shape;
      return batch < 2 ? mean(z) : mean(abs(sub(slice(z, [1]), slice(z, [0], [batch - 1]))));
    },
    phases: 2,
  },
  'examples put together': {
    loss: ({ x, w }) => {
      const z = tanh(matmul(x, w));
      const both = concatenate([z, neg(z)], 0);
      return mean(exp(matmul(both, transpose(both))));
    },
    phases: 2,
  },
  'an array by position': {
    loss: ({ x, w }) => {
      const position = matmul(broadcastTo(reshape(mean(w, 0), [1, 4]), [x.shape[0], 4]), transpose(w));
      return mean(square(sub(x, position)));
    },
    phases: 1,
  },
};

describe('a batch in micro-batches', () => {
  it.each(Object.entries(losses))('has the value and the gradient of the whole batch: %s', (name, { loss, phases }) => {
    for (const [batch, microBatch] of [
      [12, 12],
      [12, 5],
      [12, 1],
      [7, 2],
      [2, 1],
      [1, 1],
    ]) {
      const results = bothWays(
        (given) => {
          const value = loss(given);
          return [value, ...grad(value, [given.w]), ...grad(value, [given.x])];
        },
        batch,
        microBatch,
      );
      results.whole.forEach((expected, which) => {
        expectClose(results.cut[which], expected, `${name}, ${batch} by ${microBatch}, result ${which}`);
      });
      if (batch > 2) expect(results.phases, name).toBe(phases);
    }
  });

  it('has rows, columns and stacks where they belong', () => {
    const results = bothWays(
      ({ x, w }) => {
        const z = matmul(x, w);
        const [batch] = z.shape;
        const stack = reshape(z, [batch, 2, 2]);
        return [
          transpose(z),
          transpose(stack, [1, 0, 2]),
          reshape(transpose(stack, [2, 1, 0]), [4, batch]),
          matmul(stack, stack, { transposeB: true }),
          matmul(transpose(w), x, { transposeB: true }),
          matmul(x, x, { transposeA: true }),
          sum(stack, [0, 2]),
          reshape(z, [batch * 4]),
        ];
      },
      10,
      3,
    );
    results.whole.forEach((expected, which) => {
      expectClose(results.cut[which], expected, `result ${which}`);
    });
  });

  it('holds for programs of any operations', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, batch, microBatch) => {
          const results = bothWays(
            ({ x, w, v }) => {
              const loss = mean(square(randomTensor(steps, [matmul(x, w), reshape(v, [batch, 1])])));
              return [loss, ...grad(loss, [w]), ...grad(loss, [v])];
            },
            batch,
            Math.min(microBatch, batch),
          );
          results.whole.forEach((expected, which) => {
            if (expected.every(Number.isFinite)) expectClose(results.cut[which], expected, `result ${which}`);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('holds for convolutions by every algorithm', () => {
    const batch = 5;
    const x = placeholder({ shape: [batch, 8, 8, 8], dtype: 'float32' }, 'x');
    const weights = [
      [3, 3, 8, 8],
      [3, 3, 8, 8],
      [3, 3, 8, 2],
      [3, 3, 2, 3],
      [3, 3, 8, 1],
      [3, 3, 4, 8],
    ].map((shape) => placeholder({ shape, dtype: 'float32' }, 'w'));
    const [a, b, c, d, e, f] = weights;
    const apart = conv2d(depthwiseConv2d(x, e, { padding: 'same' }), f, { padding: 'same', groups: 2 });
    const pooled = maxPool2d(relu(conv2d(apart, a, { padding: 'same' })), 2);
    const wide = conv2d(upsample2d(pooled, 2), b, { padding: 'same' });
    const few = conv2d(wide, c, { padding: 'same' });
    const loss = sqrt(mean(square(conv2d(few, d, { strides: 2 }))));
    const program = lower(trace([loss, ...grad(loss, weights)], [x, ...weights]).program);
    const inputs = [x, ...weights].map((t, i) => Float32Array.from(numbers(sizeOf(t.shape), i)));
    const whole = runReference(program, inputs);
    const cut = partition(program, { examples: [0], batch });
    expect(cut.phases.length).toBe(2);
    for (const microBatch of [1, 2, 5]) {
      const results = runPartition(cut, inputs, batch, microBatch);
      whole.forEach((expected, which) => {
        expectClose(results[which], expected, `micro-batches of ${microBatch}, result ${which}`);
      });
    }
  });

  it('takes the rows of a table that belong to its examples, and leaves the table whole', () => {
    const table = placeholder({ shape: [9, 3], dtype: 'float32' }, 'table');
    const index = placeholder({ shape: [4], dtype: 'uint32' }, 'index');
    const { program } = trace([sum(takeRows(table, index), 0)], [table, index]);
    const cut = partition(program, { examples: [1], batch: 4 });
    const inputs = [Float32Array.from(numbers(27, 1)), Uint32Array.of(8, 0, 3, 3)];
    expectClose(runPartition(cut, inputs, 4, 3)[0], runReference(program, inputs)[0]);
    expect(cut.phases[0].micro(3, false).program.values.map(({ shape }) => shape)).toContainEqual([9, 3]);
  });

  it('adds up the gradient of a table, and takes numbered columns of its examples', () => {
    const batch = 5;
    const table = placeholder({ shape: [7, 3], dtype: 'float32' }, 'table');
    const tokens = placeholder({ shape: [batch, 4], dtype: 'int32' }, 'tokens');
    const columns = placeholder({ shape: [2], dtype: 'int32' }, 'columns');
    const words = gather(table, tokens);
    const chosen = gather(mean(words, 2), columns, 1);
    const loss = mean(square(chosen));
    const spread = scatterAdd(chosen, columns, 6, 1);
    const outputs = [loss, ...grad(loss, [table]), spread, scatterAdd(words, tokens, 7)];
    const program = lower(trace(outputs, [table, tokens, columns]).program);
    const inputs = [
      Float32Array.from(numbers(21, 1)),
      Int32Array.from({ length: 4 * batch }, (_, i) => (3 * i * i) % 7),
      Int32Array.of(3, 1),
    ];
    const cut = partition(program, { examples: [1], batch });
    expect(cut.phases.length).toBe(1);
    expect(cut.slots.map(({ kind, type }) => [kind, type.shape])).toContainEqual(['sum', [7, 3]]);
    const whole = runReference(program, inputs);
    for (const microBatch of [1, 2, 5]) {
      runPartition(cut, inputs, batch, microBatch).forEach((got, which) => {
        expectClose(got, whole[which], `micro-batches of ${microBatch}, result ${which}`);
      });
    }
  });

  it('reads images by one matrix, and by one for each', () => {
    const batch = 5;
    const images = placeholder({ shape: [batch, 3, 4, 2], dtype: 'float32' }, 'images');
    const matrices = placeholder({ shape: [batch, 2, 3], dtype: 'float32' }, 'matrices');
    const shared = placeholder({ shape: [2, 3], dtype: 'float32' }, 'shared');
    const moved = affineSample(affineSample(images, matrices, { fillMode: 'wrap' }), shared, { size: [2, 2] });
    const loss = mean(square(moved));
    const program = lower(trace([loss, ...grad(loss, [images]), moved], [images, matrices, shared]).program);
    const inputs = [images, matrices, shared].map((t, i) => Float32Array.from(numbers(sizeOf(t.shape), i)));
    const whole = runReference(program, inputs);
    const cut = partition(program, { examples: [0, 1], batch });
    expect(cut.phases.length).toBe(1);
    runPartition(cut, inputs, batch, 2).forEach((got, which) => {
      expectClose(got, whole[which], `result ${which}`);
    });
  });

  it('keeps nothing that nobody asks for later', () => {
    const batch = 8;
    const x = placeholder({ shape: [batch, 6], dtype: 'float32' }, 'x');
    const w = placeholder({ shape: [6, 4], dtype: 'float32' }, 'w');
    const loss = mean(square(tanh(matmul(x, w))));
    const program = lower(trace([loss, ...grad(loss, [w])], [x, w]).program);
    const { slots, phases } = partition(program, { examples: [0], batch });
    expect(phases.length).toBe(1);
    expect(phases[0].whole).toBeUndefined();
    expect(slots.map(({ kind, type }) => [kind, type.shape])).toEqual([
      ['sum', []],
      ['sum', [6, 4]],
    ]);
  });

  it('refuses inputs without an axis of examples', () => {
    const x = placeholder({ shape: [5], dtype: 'float32' }, 'x');
    const { program } = trace([sum(x)], [x]);
    expect(() => partition(program, { examples: [0], batch: 4 })).toThrow('an input of [5] does not hold 4 examples');
  });
});

/** A tensor made by steps that each pick an operation and its operands from what there is. */
function randomTensor(steps: readonly (readonly [number, number, number])[], from: readonly Tensor[]): Tensor {
  const pool = [...from];
  const matrix = (x: Tensor) => reshape(x, x.shape.length === 2 ? x.shape : [x.shape[0] ?? 1, -1]);
  for (const [operation, i, j] of steps) {
    const a = pool[i % pool.length];
    const b = pool[j % pool.length];
    pool.push(step(operation, matrix(a), matrix(b)));
  }
  return pool.at(-1) as Tensor;
}

function step(operation: number, a: Tensor, b: Tensor): Tensor {
  const fits = (x: Shape, y: Shape) => x.every((length, axis) => length === y[axis] || length === 1 || y[axis] === 1);
  switch (operation) {
    case 0:
      return fits(a.shape, b.shape) ? add(a, b) : tanh(a);
    case 1:
      return fits(a.shape, b.shape) ? mul(tanh(a), b) : neg(a);
    case 2:
      return mean(a, 0, { keepDims: true });
    case 3:
      return mean(a, 1, { keepDims: true });
    case 4:
      return sqrt(add(mean(square(a), 0, { keepDims: true }), 0.1));
    case 5:
      return a.shape[1] === b.shape[1] ? tanh(mul(matmul(a, b, { transposeB: true }), 0.1)) : abs(a);
    case 6:
      return a.shape[0] === b.shape[0] ? tanh(mul(matmul(a, b, { transposeA: true }), 0.1)) : sigmoid(a);
    case 7:
      return transpose(a);
    case 8:
      return max(a, 0, { keepDims: true });
    default:
      return div(a, add(square(a), 1));
  }
}
