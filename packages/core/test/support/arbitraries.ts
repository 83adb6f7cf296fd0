import fc from 'fast-check';
import type { Conv2dOptions } from '../../src/operations/conv2d.js';
import type { Matrix, Tiling } from '../../src/operations/tiles.js';
import type { Padding } from '../../src/operations/window.js';
import type { Shape } from '../../src/tensor/shape.js';

const between = (min: number, max: number) => fc.integer({ min, max });
const pair = (min: number, max: number) => fc.tuple(between(min, max), between(min, max));

/** Seeds of `numbers`. */
export const seeds = between(0, 2 ** 31);

/** Shapes of up to four axes with some elements, few enough for differences. */
export const shapes: fc.Arbitrary<Shape> = fc.array(between(1, 4), { maxLength: 4 });

/** A shape, and whichever of its axes. */
export const shapesWithAxes: fc.Arbitrary<{ shape: Shape; axes: number[] }> = shapes.chain((shape) =>
  fc.record({ shape: fc.constant(shape), axes: fc.subarray(shape.map((_, axis) => axis)) }),
);

/** A shape, and others that broadcast to it: axes in front left out, lengths put down to 1. */
export function broadcastable(count: number): fc.Arbitrary<{ shape: Shape; operands: Shape[] }> {
  return shapes.chain((shape) => {
    const operand = fc
      .tuple(between(0, shape.length), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
      .map(([from, ones]) => shape.map((length, axis) => (ones[axis] ? 1 : length)).slice(from));
    return fc.record({
      shape: fc.constant(shape),
      operands: fc.array(operand, { minLength: count, maxLength: count }),
    });
  });
}

/** Options of a window that fits into an image, and the image. */
export interface DrawnWindow {
  readonly image: Shape;
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
}

/** What `conv2d` is told of a drawn window: the options without the image and the size of the kernel. */
export const optionsOf = ({ strides = 1, dilation = 1, padding = 'valid' }: Conv2dOptions): Conv2dOptions => ({
  strides,
  dilation,
  padding,
});

/** Windows for convolution (dilated), or for pooling (no window may lie in the padding alone). */
export function windows(purpose: 'convolution' | 'pooling'): fc.Arbitrary<DrawnWindow> {
  const most = purpose === 'convolution' ? 3 : 0;
  const amounts = pair(0, most);
  return fc
    .record({
      image: fc.tuple(between(1, 2), between(1, 7), between(1, 7), between(1, 3)),
      size: pair(1, 4),
      strides: pair(1, 3),
      dilation: purpose === 'convolution' ? pair(1, 2) : fc.constant([1, 1] as [number, number]),
      padding: fc.oneof(
        fc.constantFrom<Padding>('same', 'valid'),
        fc.tuple(amounts, amounts) as fc.Arbitrary<readonly [[number, number], [number, number]]>,
      ),
    })
    .filter(({ image, size, dilation, padding }) =>
      [0, 1].every((axis) => {
        if (padding === 'same') return true;
        const room = padding === 'valid' ? 0 : padding[axis][0] + padding[axis][1];
        return image[axis + 1] + room >= (size[axis] - 1) * dilation[axis] + 1;
      }),
    );
}

function matrices(): fc.Arbitrary<Matrix> {
  return fc.tuple(between(1, 4), between(1, 4)).chain(([rows, columns]) =>
    fc.array(fc.array(fc.constantFrom(0, 1, -1, 2, 0.5, -4), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );
}

/** Any tiling, its tiles inside, outside or across the image's edges, with batch and channels. */
export const tilings: fc.Arbitrary<{ batch: number; channels: number; tiling: Tiling }> = fc.record({
  batch: between(1, 2),
  channels: between(1, 3),
  tiling: fc.record({
    image: pair(1, 6),
    grid: pair(1, 4),
    origin: pair(-3, 3),
    step: pair(1, 3),
    dilation: pair(1, 2),
    rows: matrices(),
    columns: matrices(),
    components: fc.constantFrom<'first' | 'last'>('first', 'last'),
  }),
});
