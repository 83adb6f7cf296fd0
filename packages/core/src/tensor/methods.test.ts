import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as core from '../index.js';

const { add, full, matmul, mean, placeholder, sum, tensor } = core;

/** Functions that are no methods: they make tensors, compute them, or take several in one argument. */
const OTHERS = [
  'RandomStream',
  'Tensor',
  'compute',
  'concatenate',
  'fromNdarray',
  'full',
  'grad',
  'ones',
  'philox4x32',
  'placeholder',
  'random',
  'randomBernoulli',
  'randomNormal',
  'randomUniform',
  'split',
  'stack',
  'table',
  'tensor',
  'zeros',
];

describe('methods of tensors', () => {
  it('are all operations', () => {
    tensor(0);
    const methods = Object.keys(Object.getOwnPropertyDescriptors(core.Tensor.prototype));
    const missing = Object.keys(core).filter((name) => !methods.includes(name) && !OTHERS.includes(name));
    expect(missing).toEqual([]);
  });

  it('are the functions, applied to the tensor', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const y: core.Tensor = x.add(1).mul(2).sum(0, { keepDims: true });
    expect(y.shape).toEqual([1, 2]);
    expect([...y.toArray()]).toEqual([12, 16]);
    expect(x.matmul(x, { transposeB: true }).toArray()).toEqual(matmul(x, x, { transposeB: true }).toArray());
    expect([...x.greater(2).where(x, 0).toArray()]).toEqual([0, 0, 3, 4]);
    expect(x.argMax(1).toTypedArray()).toEqual(Int32Array.of(1, 1));
  });

  it('are there for placeholders', () => {
    expect(placeholder({ shape: [2, 3], dtype: 'float32' }, 'x').mean(1).shape).toEqual([2]);
  });

  it('speak of themselves in errors', () => {
    expect(() => mean(tensor([1]), 5)).toThrow(/^mean: axis 5 does not exist/);
    expect(mean(tensor([[1, 3]]), -1).item()).toBe(2);
  });
});

describe('a tensor as text', () => {
  it('shows shape, storage and values', () => {
    const x = tensor([
      [0.1, -2],
      [3, -0],
    ]);
    expect(inspect(x)).toBe('Tensor [2,2] float32\n[[0.1, -2],\n [3, -0]]');
    expect(inspect(add(sum(x), 1))).toBe('Tensor [] float32\n2.1');
    expect(inspect(tensor(Int32Array.of(2 ** 31 - 1)))).toBe('Tensor [1] int32\n[2147483647]');
  });

  it('is shortened where there are many', () => {
    const text = inspect(full([100, 2, 50], 1));
    expect(text.split('\n')).toHaveLength(1 + 6 * 2 + 1);
    expect(text).toContain('\n[[[1, 1, 1, ..., 1, 1, 1],\n  [1, 1, 1, ..., 1, 1, 1]],\n');
    expect(text).toContain(',\n ...,\n');
  });

  it('is the shape alone where there are no values', () => {
    const x = placeholder({ shape: [2, 3], dtype: 'uint8' }, 'x');
    expect(inspect(x)).toBe('Tensor [2,3] uint8, a placeholder');
    expect(inspect(x.cast('float32').add(tensor(1)))).toMatch(/^Tensor \[2,3\] float32, not computed: .*placeholder/);
    expect(String(tensor([1, 2]))).toBe('Tensor[2]');
  });
});
