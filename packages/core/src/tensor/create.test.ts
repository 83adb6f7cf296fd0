import fc from 'fast-check';
import ndarray from 'ndarray';
import { describe, expect, it } from 'vitest';
import { seeds, shapes } from '../../test/support/arbitraries.js';
import { numbers } from '../../test/support/numbers.js';
import { fromNdarray, full, ones, table, tensor, zeros } from './create.js';
import { randomBernoulli, randomNormal, randomUniform } from './random.js';
import { type Shape, sizeOf } from './shape.js';

/** Row-major values as nested arrays. */
function nested(values: ArrayLike<number>, shape: Shape): never {
  const build = (axis: number, from: number): unknown =>
    axis === shape.length
      ? values[from]
      : Array.from({ length: shape[axis] }, (_, i) => build(axis + 1, from + i * sizeOf(shape.slice(axis + 1))));
  return build(0, 0) as never;
}

describe('tensor', () => {
  it('of nested arrays has their nesting as its shape', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const values = numbers(sizeOf(shape), seed);
        const x = tensor(nested(values, shape));
        expect(x.shape).toEqual(shape);
        expect(x.toArray()).toEqual(values);
        expect(x.dtype).toBe('float32');
      }),
    );
  });

  it.each([
    ['a number', tensor(3), [], [3]],
    ['an empty array', tensor([]), [0], []],
    ['empty arrays', tensor([[], []]), [2, 0], []],
    ['a typed array', tensor(Float32Array.of(1, 2)), [2], [1, 2]],
    ['bytes', tensor(Uint8Array.of(1, 255)), [2], [1, 255]],
    ['float64, rounded', tensor(Float64Array.of(0.1)), [1], [Math.fround(0.1)]],
    ['a typed array and a shape', tensor(Float32Array.of(1, 2, 3, 4), [2, 2]), [2, 2], [1, 2, 3, 4]],
    [
      'nested arrays and another shape',
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        [4, 1],
      ),
      [4, 1],
      [1, 2, 3, 4],
    ],
    ['a number and a shape', tensor(5, [1, 1]), [1, 1], [5]],
  ])('of %s', (_what, x, shape, values) => {
    expect(x.shape).toEqual(shape);
    expect([...x.toArray()]).toEqual(values);
    expect(x.size).toBe(values.length);
  });

  it('keeps a copy: neither what it was made of nor what it gave away is its own', () => {
    const source = Float32Array.of(1, 2);
    const shape = [2];
    const x = tensor(source, shape);
    source[0] = 9;
    shape[0] = 9;
    x.toArray()[1] = 9;
    x.toNdarray().set(1, 9);
    expect([...x.toArray()]).toEqual([1, 2]);
    expect(x.shape).toEqual([2]);
  });

  it('tells its shape without being computed', () => {
    expect(String(full([2, 3], 1))).toBe('Tensor[2,3]');
    expect(`${tensor(1)}`).toBe('Tensor[]');
  });

  it('gives the one value it has', () => {
    expect(tensor(3).item()).toBe(3);
    expect(tensor([[4]]).item()).toBe(4);
  });
});

describe('ndarrays', () => {
  it('come in whatever their strides and offset, and go out in row-major order', () => {
    const matrix = ndarray(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3]);
    const views = {
      whole: [matrix, [2, 3], [0, 1, 2, 3, 4, 5]],
      transposed: [matrix.transpose(1, 0), [3, 2], [0, 3, 1, 4, 2, 5]],
      part: [matrix.lo(0, 1).hi(2, 2), [2, 2], [1, 2, 4, 5]],
      stepped: [matrix.step(1, 2), [2, 2], [0, 2, 3, 5]],
      backwards: [matrix.step(-1, -1), [2, 3], [5, 4, 3, 2, 1, 0]],
      row: [matrix.pick(1, null), [3], [3, 4, 5]],
    } as const;
    for (const [name, [view, shape, values]] of Object.entries(views)) {
      for (const x of [tensor(view), fromNdarray(view)]) {
        expect(x.shape, name).toEqual(shape);
        expect([...x.toArray()], name).toEqual(values);
      }
      const back = tensor(view).toNdarray();
      expect(back.shape, name).toEqual(shape);
      expect([...back.data], name).toEqual(values);
    }
  });

  it('are copied, their shape too', () => {
    const source = ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]);
    const x = tensor(source);
    source.set(0, 0, 9);
    source.shape[0] = 1;
    expect([...x.toArray()]).toEqual([1, 2, 3, 4]);
    expect(x.shape).toEqual([2, 2]);
  });

  it('of plain arrays and of no elements come in as well', () => {
    expect([...tensor(ndarray([1, 2, 3], [3])).toArray()]).toEqual([1, 2, 3]);
    expect(tensor(ndarray(new Float32Array(0), [0, 3])).shape).toEqual([0, 3]);
  });

  it.each([
    ['of a size that its shape has not', { size: 3 }, '3 elements, but its shape [2] has 2'],
    ['of a size that no machine holds', { size: 2 ** 60 }, 'its shape [2] has 2'],
    ['of a shape that no machine holds', { size: 2 ** 60, shape: [2 ** 60] }, '[1152921504606847000] is not a shape'],
    ['of a shape whose product is no number', { size: 0, shape: [...Array(30).fill(2 ** 52), 0] }, 'is not a shape'],
    ['of half an element', { size: 1.5, shape: [1.5] }, '[1.5] is not a shape'],
    ['without an array for its shape', { shape: 2 }, 'a shape is an array of lengths'],
    ['whose strides lead beyond its data', { get: () => undefined }, 'expected a number at [0], got undefined'],
    ['of bigints', { get: () => 1n }, 'expected a number at [0], got the bigint 1'],
  ])('%s are refused, and nothing is allocated for them', (_what, lie, message) => {
    const array = { data: new Float32Array(2), size: 2, shape: [2], stride: [1], offset: 0, get: () => 1, ...lie };
    for (const read of [fromNdarray, tensor]) expect(() => read(array as never)).toThrow(message);
  });

  it('that are none are refused', () => {
    expect(() => fromNdarray({ shape: [1] } as never)).toThrow(
      'fromNdarray: expected an ndarray, got an object { shape }',
    );
  });
});

describe('filled tensors', () => {
  it.each([[[]], [[3]], [[2, 0]], [[2, 3, 1]]])('of shape %j hold one value throughout', (shape) => {
    const size = sizeOf(shape);
    expect([...zeros(shape).toArray()]).toEqual(new Array(size).fill(0));
    expect([...ones(shape).toArray()]).toEqual(new Array(size).fill(1));
    expect([...full(shape, -2.5).toArray()]).toEqual(new Array(size).fill(-2.5));
    expect(full(shape, 1).shape).toEqual(shape);
  });
});

describe('tables', () => {
  it('stay what they are', () => {
    expect(table(Uint8Array.of(1, 2)).dtype).toBe('uint8');
    expect(table(Uint32Array.of(1, 2), [2, 1]).dtype).toBe('uint32');
    expect(table(Float32Array.of(1, 2)).dtype).toBe('float32');
    expect(table(Uint32Array.of(1, 2), [2, 1]).shape).toEqual([2, 1]);
  });

  it('are not copied', () => {
    const bytes = Uint8Array.of(1, 2);
    const x = table(bytes);
    bytes[0] = 7;
    expect([...x.toArray()]).toEqual([7, 2]);
  });
});

describe('random tensors', () => {
  const options = { seed: 42 };
  const count = 100_000;
  const shape = [100, count / 100];
  const mean = (values: Float32Array, f: (x: number) => number = (x) => x) =>
    values.reduce((total, value) => total + f(value), 0) / values.length;

  it('are the same for the same seed and stream, and differ for others', () => {
    const draw = (more: object) => randomNormal([3, 5], { ...options, ...more }).toArray();
    expect(draw({})).toEqual(draw({}));
    for (const other of [{ seed: 43 }, { seed: 42 + 2 ** 32 }, { stream: 1 }]) {
      expect(draw(other)).not.toEqual(draw({}));
    }
  });

  it('have rows that do not depend on how many there are, and no two alike', () => {
    const many = randomUniform([5, 6], options).toArray();
    expect(randomUniform([2, 6], options).toArray()).toEqual(many.slice(0, 12));
    expect(new Set(many).size).toBe(30);
  });

  it('are uniform between their bounds', () => {
    const values = randomUniform(shape, { ...options, low: -2, high: 6 }).toArray();
    expect(values.every((value) => value >= -2 && value < 6)).toBe(true);
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(mean(values, (x) => (x - 2) ** 2)).toBeCloseTo(64 / 12, 1);
  });

  it('are normal with mean and deviation', () => {
    const values = randomNormal(shape, { ...options, mean: 3, deviation: 0.5 }).toArray();
    expect(mean(values)).toBeCloseTo(3, 2);
    expect(mean(values, (x) => (x - 3) ** 2)).toBeCloseTo(0.25, 2);
  });

  it('are 1 with the probability asked for, else 0', () => {
    const values = randomBernoulli(shape, { ...options, probability: 0.3 }).toArray();
    expect(values.every((value) => value === 0 || value === 1)).toBe(true);
    expect(mean(values)).toBeCloseTo(0.3, 2);
  });
});
