import { conv2d, grad, mean, placeholder, relu, square } from '@weft/core';
import { trace } from '@weft/core/program';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatch } from './batch-plan.js';
import { combineTree, isShortOfLeaves, leafCount, leavesOf, microBatchesOf, microBatchSize } from './leaves.js';

const GIB = 2 ** 30;
const counts = fc.integer({ min: 1, max: 5000 });

describe('micro-batches', () => {
  it('hold all examples, in their order, as many in each but the last', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 300 }), (examples, size) => {
        const all = microBatchesOf(examples, size);
        expect(all.flatMap(({ begin, count }) => Array.from({ length: count }, (_, i) => begin + i))).toEqual(
          Array.from({ length: examples }, (_, index) => index),
        );
        expect(new Set(all.slice(0, -1).map(({ count }) => count)).size).toBeLessThanOrEqual(1);
        expect(all.every(({ count }) => count > 0 && count <= size)).toBe(true);
      }),
    );
  });

  it('are shared out among leaves evenly, runs of neighbours to each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 64 }), (count, wanted) => {
        const all = microBatchesOf(count, 1);
        const leaves = leavesOf(all, Math.min(wanted, count));
        expect(leaves.flat()).toEqual(all);
        const sizes = leaves.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the number of gradient accumulators', () => {
  const sizes = fc.integer({ min: 0, max: 4 * GIB });

  it('is that of the micro-batches, and at least 16 where they take a GiB at most', () => {
    fc.assert(
      fc.property(counts, sizes, (microBatches, bytes) => {
        const leaves = leafCount(microBatches, bytes);
        expect(leaves).toBeGreaterThanOrEqual(1);
        expect(leaves).toBeLessThanOrEqual(microBatches);
        if (16 * bytes <= GIB) expect(leaves).toBeGreaterThanOrEqual(Math.min(16, microBatches));
        if (leaves > 1) expect(leaves * bytes).toBeLessThanOrEqual(GIB);
        expect(isShortOfLeaves(microBatches, leaves)).toBe(leaves < Math.min(16, microBatches));
      }),
    );
  });

  it.each([
    [32, 4, 32],
    [32, 2 ** 20, 32],
    [100, 2 ** 20, 64],
    [32, 8 * 2 ** 20, 16],
    [32, 64 * 2 ** 20, 16],
    [32, 65 * 2 ** 20, 15],
    [32, 200 * 2 ** 20, 5],
    [32, 2 * GIB, 1],
    [3, 64 * 2 ** 20, 3],
  ])('of %i micro-batches with sums of %i bytes is %i', (microBatches, bytes, leaves) => {
    expect(leafCount(microBatches, bytes)).toBe(leaves);
  });
});

describe('a tree of sums', () => {
  /** By its definition: the largest power of two below the count goes left. */
  function byDefinition(values: readonly string[]): string {
    if (values.length === 1) return values[0];
    let split = 1;
    while (split * 2 < values.length) split *= 2;
    return `(${byDefinition(values.slice(0, split))}+${byDefinition(values.slice(split))})`;
  }

  it('splits at the largest power of two below the count', () => {
    for (let count = 1; count <= 130; count++) {
      const names = Array.from({ length: count }, (_, index) => String(index));
      expect(combineTree(names, (a, b) => `(${a}+${b})`)).toBe(byDefinition(names));
    }
  });

  it('lets whoever holds a whole subtree send one sum in its place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 6 }), (count, level) => {
        const size = 2 ** level;
        const names = Array.from({ length: count }, (_, index) => String(index));
        const add = (a: string, b: string) => `(${a}+${b})`;
        const groups = microBatchesOf(count, size).map(({ begin, count: held }) =>
          combineTree(names.slice(begin, begin + held), add),
        );
        expect(combineTree(groups, add)).toBe(combineTree(names, add));
      }),
    );
  });

  it('combines each value once, whatever the combination', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 99 }), (values) => {
        expect(combineTree(values, (a, b) => a + b)).toBe(values.reduce((a, b) => a + b));
        expect(combineTree(values, Math.max)).toBe(Math.max(...values));
      }),
    );
  });
});

describe('the size of micro-batches', () => {
  function traced(batch: number, channels = 4, pixels = 8) {
    const x = placeholder({ shape: [batch, pixels, pixels, channels], dtype: 'float32' }, 'x');
    const w = placeholder({ shape: [3, 3, channels, channels], dtype: 'float32' }, 'w');
    const loss = mean(square(relu(conv2d(x, w, { padding: 'same' }))));
    return trace([loss, ...grad(loss, [w])], [x, w]).program;
  }

  it('follows from the traced program and the batch, not from how the program is compiled', () => {
    const batch = 100;
    const program = traced(batch);
    const size = microBatchSize(program, batch);
    for (const convolution of ['auto', 'direct', 'winograd2'] as const) {
      for (const fastMath of [false, true]) {
        expect(planBatch(program, [0], batch, { convolution, fastMath }).microBatch).toBe(size);
      }
    }
    expect(microBatchSize(structuredClone(program), batch)).toBe(size);
  });

  it('is a part of the batch that fits into the caches, and leaves work for many', () => {
    for (const batch of [1, 2, 3, 31, 32, 100, 500, 4000]) {
      for (const [channels, pixels] of [
        [1, 4],
        [8, 28],
        [64, 64],
      ]) {
        const size = microBatchSize(traced(batch, channels, pixels), batch);
        expect(size).toBeGreaterThanOrEqual(Math.min(batch, 2));
        expect(size).toBeLessThanOrEqual(Math.min(batch, 64));
        const stored = batch * pixels * pixels * channels * 4;
        const weights = 9 * channels * channels * 4;
        if (size > 2) expect((size * stored) / batch).toBeLessThanOrEqual(8 * 2 ** 20 + 16 * weights);
      }
    }
  });
});
