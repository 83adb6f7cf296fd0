import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcastable, shapes, shapesWithAxes } from '../../test/support/arbitraries.js';
import {
  broadcastShapes,
  byteLength,
  formatShape,
  normaliseAxes,
  rowMajorStrides,
  sameShape,
  sizeOf,
} from './shape.js';

describe('broadcastShapes', () => {
  const broadcast = (a: readonly number[], b: readonly number[]) => broadcastShapes('add', a, b);

  it('gives a shape that both broadcast to, the smallest there is', () => {
    fc.assert(
      fc.property(broadcastable(2), ({ shape, operands: [a, b] }) => {
        const result = broadcast(a, b);
        expect(result.length).toBe(Math.max(a.length, b.length));
        expect(broadcast(result, shape)).toEqual(shape);
        result.forEach((length, axis) => {
          const from = [a[axis - result.length + a.length], b[axis - result.length + b.length]];
          expect(from).toContain(length);
        });
      }),
    );
  });

  it('does not depend on the order, nor on how operands are grouped', () => {
    fc.assert(
      fc.property(broadcastable(3), ({ operands: [a, b, c] }) => {
        expect(broadcast(a, b)).toEqual(broadcast(b, a));
        expect(broadcast(broadcast(a, b), c)).toEqual(broadcast(a, broadcast(b, c)));
        expect(broadcast(a, [])).toEqual(a);
        expect(broadcast(a, a)).toEqual(a);
      }),
    );
  });

  it('repeats an axis of length 1 no times, too', () => {
    expect(broadcast([2, 1], [0])).toEqual([2, 0]);
    expect(() => broadcast([2], [0])).toThrow(RangeError);
  });

  it('names the operation, both shapes, the lengths and the axis where they do not fit', () => {
    expect(() => broadcastShapes('mul', [2, 3, 4], [5, 4])).toThrow(
      'mul: shapes [2,3,4] and [5,4] do not broadcast: lengths 3 and 5 meet at axis -2. Each pair must agree, or one of them be 1.',
    );
  });
});

describe('normaliseAxes', () => {
  it('gives the axes in order, counted from either end', () => {
    fc.assert(
      fc.property(
        shapesWithAxes,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        ({ shape, axes }, fromEnd) => {
          const named = axes.map((axis, i) => (fromEnd[i] ? axis - shape.length : axis)).reverse();
          expect(normaliseAxes('sum', named, shape.length)).toEqual(axes);
        },
      ),
    );
    expect(normaliseAxes('sum', undefined, 3)).toEqual([0, 1, 2]);
    expect(normaliseAxes('sum', -1, 3)).toEqual([2]);
    expect(normaliseAxes('sum', [], 3)).toEqual([]);
  });
});

describe('sizes and strides', () => {
  it('walk a shape without gaps', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = rowMajorStrides(shape);
        const last = shape.reduce((offset, length, axis) => offset + (length - 1) * strides[axis], 0);
        expect(last).toBe(sizeOf(shape) - 1);
        expect([...strides].sort((a, b) => b - a)).toEqual(strides);
      }),
    );
  });

  it('count bytes by how elements are stored', () => {
    expect(byteLength({ shape: [2, 3], dtype: 'float32' })).toBe(24);
    expect(byteLength({ shape: [2, 3], dtype: 'uint32' })).toBe(24);
    expect(byteLength({ shape: [2, 3], dtype: 'uint8' })).toBe(6);
    expect(byteLength({ shape: [], dtype: 'float32' })).toBe(4);
  });

  it('are written and compared as in messages', () => {
    expect(formatShape([8, 28, 28, 1])).toBe('[8,28,28,1]');
    expect(formatShape([])).toBe('[]');
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
  });
});
