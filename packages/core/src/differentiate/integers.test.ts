import { describe, expect, it } from 'vitest';
import { argMax } from '../compositions/indices.js';
import { logSumExp } from '../compositions/reductions.js';
import { sum } from '../operations/broadcast.js';
import { cast } from '../operations/cast.js';
import { exp, mul } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { takeRows } from '../operations/rows.js';
import { compute } from '../run/compute.js';
import { table, tensor } from '../tensor/create.js';

describe('logSumExp', () => {
  it.each(['reference', 'wasm'] as const)('has the softmax as its gradient, with infinities (%s)', (kernels) => {
    const rows = [
      [1, 2, 3],
      [1000, 1000, -1000],
      [-Infinity, 0, 0],
      [-Infinity, -Infinity, -Infinity],
    ];
    const x = tensor(rows);
    const [gradient] = compute(grad(sum(logSumExp(x, 1)), [x]), { kernels });
    const total = Math.exp(-2) + Math.exp(-1) + 1;
    const want = [Math.exp(-2) / total, Math.exp(-1) / total, 1 / total, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0];
    want.forEach((value, i) => {
      expect(gradient[i]).toBeCloseTo(value, 6);
    });
  });
});

describe('whole numbers', () => {
  it('let no gradient through', () => {
    const x = tensor([1.5, 2.5]);
    const loss = sum(mul(x, cast(cast(x, 'int32'), 'float32')));
    expect([...grad(loss, [x])[0].toArray()]).toEqual([1, 2]);
    expect(() => grad(loss, [tensor(Int32Array.of(1))])).toThrow(/^grad: a gradient needs float32, got int32/);
    expect(argMax(x).dtype).toBe('int32');
  });

  it('are no numbers for functions of floats until they are cast', () => {
    const x = tensor(Int32Array.of(1, 2));
    expect(() => exp(x)).toThrow("exp: expected float32, got int32 [2]. Convert it with cast(x, 'float32').");
    expect(() => tensor([1.5], [1], 'int32')).toThrow(/^tensor: the value at position 0 is 1.5; expected an int32/);
    expect(() => takeRows(table(Uint8Array.of(1, 2)), tensor(Int32Array.of(-1))).toArray()).toThrow(
      /^takeRows: the row number at position 0 is -1/,
    );
  });

  it('of 64 bits and other storages are refused with what to give', () => {
    const give = (data: unknown) => () => table(data as Float32Array);
    expect(give(Float64Array.of(1))).toThrow(/got Float64Array of 1\. Give Float32Array\.from/);
    expect(give(Uint8ClampedArray.of(1))).toThrow(/got Uint8ClampedArray of 1\. Give new Uint8Array/);
    expect(give(BigInt64Array.of(1n))).toThrow(/got BigInt64Array of 1\. Give Int32Array\.from\(data, Number\)/);
    expect(() => tensor(1n as unknown as number)).toThrow(/got the bigint 1\. Convert bigints with Number\(\)/);
    expect(() => tensor([], [null, 784] as unknown as number[])).toThrow(
      /^tensor: \[null,784\] is not a shape.*give a number for the batch/,
    );
  });
});
