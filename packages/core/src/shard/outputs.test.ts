import { describe, expect, it } from 'vitest';
import { numbers } from '../../test/support/numbers.js';
import { runPartition } from '../../test/support/run-partition.js';
import { placeholder } from '../operations/definition.js';
import { add } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { lower } from '../run/compile.js';
import { runReference } from '../run/reference.js';
import { sizeOf } from '../tensor/shape.js';
import { trace } from '../trace/trace.js';
import { partition } from './partition.js';

const batch = 6;
const x = placeholder({ shape: [batch, 4], dtype: 'float32' }, 'x');
const w = placeholder({ shape: [batch, 4], dtype: 'float32' }, 'w');
const v = placeholder({ shape: [4, 4], dtype: 'float32' }, 'v');
const leaves = [x, w, v];
const inputs = leaves.map(({ shape }, which) => Float32Array.from(numbers(sizeOf(shape), which)));

function parts(build: () => (typeof x)[], own?: readonly number[]) {
  const program = lower(trace(build(), leaves).program);
  const cut = partition(program, { examples: [0], batch, ...(own && { own }) });
  return { cut, whole: runReference(program, inputs), got: runPartition(cut, inputs, batch, 4) };
}

describe('outputs of a partition', () => {
  it('are never inputs, which may change before outputs are read', () => {
    const { cut, whole, got } = parts(() => [w, x]);
    expect(cut.outputs.map(({ of }) => of)).toEqual(['slot', 'slot']);
    expect(got).toEqual(whole);
  });

  it('have slots of their own where that is asked for', () => {
    const { cut, whole, got } = parts(() => [add(x, w), add(x, w), x, w, matmul(w, v)], [0, 1, 2, 3, 4]);
    expect(new Set(cut.outputs.map(({ index }) => index)).size).toBe(5);
    expect(got).toEqual(whole);
  });

  it('may be needed by examples before the end, and depend on none of them', () => {
    const { whole, got } = parts(() => {
      const shared = matmul(w, v);
      return [shared, add(x, shared)];
    });
    expect(got).toEqual(whole);
  });
});
