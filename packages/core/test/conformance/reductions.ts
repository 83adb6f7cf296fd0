import { mean, min, prod, std, variance } from '../../src/compositions/reductions.js';
import { type ReductionOptions, sum } from '../../src/operations/broadcast.js';
import { max } from '../../src/operations/reductions.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { EQUAL, GOLDEN, type Tolerance } from '../support/compare.js';
import { sample } from '../support/numbers.js';
import { build, positions, reader, total } from '../support/plain.js';
import { type Case, LENGTHS, nearly } from './case.js';

type Axes = number | readonly number[] | undefined;

interface Reduction {
  readonly apply: (x: Tensor, axes?: Axes, options?: ReductionOptions) => Tensor;
  readonly truth: (values: readonly number[]) => number;
  readonly tolerance: Tolerance;
}

const varianceOf = (values: readonly number[]) => {
  const center = total(values) / values.length;
  return total(values.map((x) => (x - center) ** 2)) / values.length;
};

const reductionsByName: Record<string, Reduction> = {
  sum: { apply: sum, truth: total, tolerance: GOLDEN },
  mean: { apply: mean, truth: (values) => total(values) / values.length, tolerance: GOLDEN },
  max: { apply: max, truth: (values) => Math.max(...values), tolerance: EQUAL },
  min: { apply: min, truth: (values) => Math.min(...values), tolerance: EQUAL },
  prod: { apply: prod, truth: (values) => values.reduce((product, x) => product * x, 1), tolerance: GOLDEN },
  variance: { apply: variance, truth: varianceOf, tolerance: GOLDEN },
  std: { apply: std, truth: (values) => Math.sqrt(varianceOf(values)), tolerance: GOLDEN },
};

/** Reduces by gathering, for each place of the result, all that was folded into it. */
function reduced(values: ArrayLike<number>, shape: Shape, axes: Axes, keepDims: boolean, truth: Reduction['truth']) {
  const list = axes === undefined ? shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : axes;
  const gone = list.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const at = reader(values, shape);
  const kept = shape.map((length, axis) => (gone.includes(axis) ? 1 : length));
  const folded = positions(shape.map((length, axis) => (gone.includes(axis) ? length : 1)));
  const want = build(kept, (...place) => truth(folded.map((inner) => at(...place.map((p, axis) => p + inner[axis])))));
  return { want, shape: keepDims ? kept : shape.filter((_, axis) => !gone.includes(axis)) };
}

const shapesAndAxes: readonly (readonly [Shape, Axes])[] = [
  [[], undefined],
  [[1], undefined],
  [[1], 0],
  ...LENGTHS.map((length): [Shape, Axes] => [[length], undefined]),
  ...LENGTHS.map((length): [Shape, Axes] => [[3, length], 1]),
  ...LENGTHS.map((length): [Shape, Axes] => [[3, length], 0]),
  [[3, 4], []],
  [[3, 4], -1],
  [[3, 4], -2],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [2, 3, 4],
    [2, 0],
  ],
  [[2, 3, 4], [1]],
  [
    [2, 3, 17],
    [0, 1],
  ],
  [
    [2, 3, 17],
    [1, 2],
  ],
  [
    [2, 1, 3, 1],
    [1, 3],
  ],
  [
    [2, 5, 5, 3],
    [0, 1, 2],
  ],
  [
    [2, 5, 5, 3],
    [1, 2],
  ],
  [
    [2, 5, 5, 3],
    [0, 3],
  ],
  [
    [2, 3, 2, 3, 2],
    [0, 2, 4],
  ],
  [
    [2, 3, 2, 3, 2],
    [1, 3],
  ],
  [[0, 3], 1],
  [[3, 0, 2], 2],
  [[300, 7], 0],
  [[7, 300], 1],
];

/** Axes without elements: their sum is 0 and their mean is not a number; they have no largest element. */
const emptyAxes: readonly (readonly [Shape, Axes])[] = [
  [[0], undefined],
  [[0, 3], 0],
  [[2, 0, 3], [1]],
  [
    [0, 0],
    [0, 1],
  ],
];

function generalCases(): Case[] {
  return Object.entries(reductionsByName).flatMap(([name, { apply, truth, tolerance }]) => {
    const all = name === 'max' || name === 'min' ? shapesAndAxes : [...shapesAndAxes, ...emptyAxes];
    return all.flatMap(([shape, axes]) => {
      const { x, values } = sample(shape, 6);
      return [false, true].map((keepDims) => {
        const expected = reduced(values, shape, axes, keepDims, truth);
        const title = `${name} of ${formatShape(shape)} over ${axes === undefined ? 'all' : `[${axes}]`}`;
        const result = apply(x, axes, { keepDims });
        return nearly(keepDims ? `${title}, axes kept` : title, result, expected.shape, expected.want, tolerance);
      });
    });
  });
}

function specialCases(): Case[] {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  const rows: readonly (readonly [string, number[]])[] = [
    ['NaN among others', [1, nan, 3, 2, 5]],
    ['NaN first', [nan, 1, 3, 2, 5]],
    ['NaN last', [4, 1, 3, 2, nan]],
    ['an infinity', [1, infinity, 3, 2, 5]],
    ['minus infinities', [-infinity, -infinity, -infinity, -infinity, -infinity]],
    ['infinities of both signs', [1, infinity, 2, -infinity, 0]],
    ['negative numbers', [-3, -1, -2, -5, -4]],
    ['equal numbers', [2, 2, 2, 2, 2]],
  ];
  return Object.entries(reductionsByName).flatMap(([name, { apply, truth, tolerance }]) =>
    rows.flatMap(([what, values]) => [
      nearly(`${name} of ${what}`, apply(tensor([values]), 1), [1], [truth(values)], tolerance),
      // The same down a column, which vector kernels walk another way.
      nearly(
        `${name} of ${what}, beside ordinary columns`,
        apply(tensor(values.map((value) => [1, value, 2, 3, 4, value])), 0),
        [6],
        [1, 0, 2, 3, 4, 0].map((plain, column) =>
          truth(column === 1 || column === 5 ? values : values.map(() => plain)),
        ),
        tolerance,
      ),
    ]),
  );
}

export const reductions: Case[] = [...generalCases(), ...specialCases()];
