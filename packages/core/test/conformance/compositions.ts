import { cumsum } from '../../src/compositions/cumsum.js';
import { oneHot } from '../../src/compositions/indices.js';
import { flip, roll } from '../../src/compositions/order.js';
import { type PadMode, pad } from '../../src/compositions/pad.js';
import { split, stack, tile } from '../../src/compositions/pieces.js';
import { prod, std, variance } from '../../src/compositions/reductions.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { build, range, reader, total } from '../support/plain.js';
import { type Case, exactly, integers, LENGTHS, nearly } from './case.js';

const SHAPES: readonly Shape[] = [[5], [1, 7], [3, 4], [2, 3, 17], [2, 5, 6, 1], [2, 5, 4, 3], [3, 0, 2]];

/** Every shape with each of its axes, counted from either end. */
const shapesAndAxes = SHAPES.flatMap((shape) =>
  shape.flatMap((_, axis) => [[shape, axis, axis] as const, [shape, axis - shape.length, axis] as const]),
);

function pieceCases(): Case[] {
  const stacked = [
    [[3], 0],
    [[3], 1],
    [[2, 3], -1],
    [[2, 3], -3],
    [[2, 3], 1],
    [[], 0],
  ] as const satisfies readonly (readonly [Shape, number])[];
  const tiled: readonly (readonly [Shape, readonly number[], Shape])[] = [
    [[3], [2], [6]],
    [[2, 3], [2], [2, 6]],
    [
      [2, 3],
      [3, 2],
      [6, 6],
    ],
    [[3], [2, 2], [2, 6]],
    [[], [2], [2]],
    [
      [2, 3, 5],
      [1, 4, 1],
      [2, 12, 5],
    ],
    [
      [2, 3],
      [0, 1],
      [0, 3],
    ],
  ];
  return [
    ...stacked.map(([shape, axis]) => {
      const parts = range(3).map((which) => sample(shape, which));
      const at = axis < 0 ? axis + shape.length + 1 : axis;
      const result = [...shape.slice(0, at), 3, ...shape.slice(at)];
      const want = build(result, (...to) => reader(parts[to[at]].values, shape)(...to.toSpliced(at, 1)));
      const name = `stack three of ${formatShape(shape)} along ${axis}`;
      return exactly(
        name,
        stack(
          parts.map(({ x }) => x),
          axis,
        ),
        result,
        want,
      );
    }),
    ...tiled.map(([shape, repeats, result]) => {
      const { x, values } = sample(shape, 4);
      const at = reader(values, shape);
      const missing = result.length - shape.length;
      const want = build(result, (...to) => at(...shape.map((length, axis) => to[axis + missing] % length)));
      return exactly(`tile ${formatShape(shape)} ${repeats}`, tile(x, repeats), result, want);
    }),
    ...shapesAndAxes.flatMap(([shape, axis, at]) => {
      const { x, values } = sample(shape, 5);
      const read = reader(values, shape);
      const bounds = [0, Math.min(1, shape[at]), shape[at], shape[at]];
      return split(x, bounds.slice(1, 3), axis).map((part, which) => {
        const result = shape.with(at, bounds[which + 1] - bounds[which]);
        const want = build(result, (...to) => read(...to.with(at, to[at] + bounds[which])));
        return exactly(`part ${which} of ${formatShape(shape)} split along ${axis}`, part, result, want);
      });
    }),
    integers('the second of three equal parts', split(tensor(Int32Array.of(1, 2, 3, 4, 5, 6)), 3)[1], [2], [3, 4]),
    integers(
      'int32 padded with a number that float32 does not have',
      pad(tensor(Int32Array.of(1)), [[1, 0]], { constantValues: 16777217 }),
      [2],
      [16777217, 1],
    ),
    integers('int32 tiled', tile(tensor(Int32Array.of(2 ** 31 - 1, 7)), 2), [4], [2 ** 31 - 1, 7, 2 ** 31 - 1, 7]),
  ];
}

function orderCases(): Case[] {
  const several: readonly (readonly [Shape, readonly number[] | undefined])[] = [
    [[], undefined],
    [[2, 3], undefined],
    [[2, 3], []],
    [
      [2, 5, 6, 3],
      [1, 2],
    ],
    [
      [2, 5, 6, 3],
      [0, -1],
    ],
  ];
  const flipped = [...shapesAndAxes.map(([shape, axis]) => [shape, axis] as const), ...several];
  return [
    ...flipped.map(([shape, axes]) => {
      const { x, values } = sample(shape, 6);
      const list = axes === undefined ? range(shape.length) : typeof axes === 'number' ? [axes] : axes;
      const turned = list.map((axis) => (axis < 0 ? axis + shape.length : axis));
      const at = reader(values, shape);
      const want = build(shape, (...to) =>
        at(...to.map((place, axis) => (turned.includes(axis) ? shape[axis] - 1 - place : place))),
      );
      return exactly(`flip ${formatShape(shape)} along ${axes}`, flip(x, axes), shape, want);
    }),
    ...LENGTHS.map((length) => {
      const { x, values } = sample([2, length], 7);
      const want = build([2, length], (row, column) => values[(row + 1) * length - 1 - column]);
      return exactly(`flip rows of ${length}`, flip(x, 1), [2, length], want);
    }),
    ...shapesAndAxes.flatMap(([shape, axis, along]) =>
      [1, -2, 23].map((shift) => {
        const { x, values } = sample(shape, 8);
        const at = reader(values, shape);
        const from = (place: number) => (((place - shift) % shape[along]) + shape[along]) % shape[along];
        const want = build(shape, (...to) => at(...to.with(along, from(to[along]))));
        return exactly(`roll ${formatShape(shape)} by ${shift} along ${axis}`, roll(x, shift, axis), shape, want);
      }),
    ),
    exactly('roll of all', roll(tensor([1, 2, 3, 4, 5, 6], [2, 3]), 2), [2, 3], [5, 6, 1, 2, 3, 4]),
    exactly('roll along two', roll(tensor([1, 2, 3, 4], [2, 2]), [1, 1], [0, -1]), [2, 2], [4, 3, 2, 1]),
    integers('int32 backwards', flip(tensor(Int32Array.of(16777217, -5, 3))), [3], [3, -5, 16777217]),
  ];
}

/** Where a place beyond an axis gets its element from; undefined for the constant. */
const SOURCES: Readonly<Record<PadMode, (place: number, length: number) => number | undefined>> = {
  constant: (place, length) => (place >= 0 && place < length ? place : undefined),
  edge: (place, length) => Math.min(length - 1, Math.max(0, place)),
  reflect: (place, length) => (place < 0 ? -place : place < length ? place : 2 * (length - 1) - place),
  symmetric: (place, length) => (place < 0 ? -place - 1 : place < length ? place : 2 * length - 1 - place),
};

function padCases(): Case[] {
  const padded: readonly (readonly [Shape, readonly (readonly [number, number])[]])[] = [
    [[4], [[3, 2]]],
    [[4], [[0, 3]]],
    [
      [3, 4],
      [
        [2, 1],
        [1, 3],
      ],
    ],
    [
      [2, 5, 6, 3],
      [
        [0, 0],
        [1, 1],
        [2, 3],
        [0, 0],
      ],
    ],
  ];
  const modes = Object.entries(SOURCES) as [PadMode, (typeof SOURCES)[PadMode]][];
  return modes.flatMap(([mode, sourceOf]) =>
    padded.map(([shape, amounts]) => {
      const { x, values } = sample(shape, 9);
      const result = shape.map((length, axis) => amounts[axis][0] + length + amounts[axis][1]);
      const at = reader(values, shape);
      const want = build(result, (...to) => {
        const from = to.map((place, axis) => sourceOf(place - amounts[axis][0], shape[axis]));
        return from.includes(undefined) ? -2.5 : at(...(from as number[]));
      });
      const options = mode === 'constant' ? { mode, constantValues: -2.5 } : { mode };
      const name = `pad ${formatShape(shape)} by ${JSON.stringify(amounts)}, ${mode}`;
      return exactly(name, pad(x, amounts, options), result, want);
    }),
  );
}

function sumCases(): Case[] {
  const values = tensor([1, Number.POSITIVE_INFINITY, 2, Number.NaN, 3]);
  return [
    ...[...shapesAndAxes, ...LENGTHS.map((length) => [[2, length], 1, 1] as const)].map(([shape, axis, along]) => {
      const { x, values: numbers } = sample(shape, 10);
      const at = reader(numbers, shape);
      const want = build(shape, (...to) => total(range(to[along] + 1).map((place) => at(...to.with(along, place)))));
      return nearly(`cumsum of ${formatShape(shape)} along ${axis}`, cumsum(x, axis), shape, want);
    }),
    exactly('cumsum of all', cumsum(tensor([1, 2, 3, 4], [2, 2])), [2, 2], [1, 3, 6, 10]),
    exactly(
      'cumsum before and after what is not finite',
      cumsum(values),
      [5],
      [1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN],
    ),
  ];
}

/** What `conformance/reductions.ts` does not have: the sizes that fold together, and what is near nothing. */
function reductionCases(): Case[] {
  const far = tensor([1000, 1001, 1002, 1003]);
  return [
    ...LENGTHS.map((length) => {
      const { x, values } = sample([length, 3], 11);
      const want = build([3], (column) =>
        range(length).reduce((product, row) => product * values[row * 3 + column], 1),
      );
      return nearly(`prod of ${length}`, prod(x, 0), [3], want, { relative: 1e-5 });
    }),
    exactly('prod of nothing', prod(tensor([], [0, 2]), 0), [2], [1, 1]),
    nearly('variance far from 0', variance(far), [], [1.25], { relative: 1e-6 }),
    nearly('std far from 0, axes kept', std(far, -1, { keepDims: true }), [1], [Math.sqrt(1.25)], { relative: 1e-6 }),
    exactly('oneHot in front', oneHot(tensor(Int32Array.of(1, 0)), 3, 0), [3, 2], [0, 1, 1, 0, 0, 0]),
  ];
}

export const compositions: Case[] = [
  ...pieceCases(),
  ...orderCases(),
  ...padCases(),
  ...sumCases(),
  ...reductionCases(),
];
