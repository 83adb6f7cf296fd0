import { clip, less, lessEqual, square } from '../../src/compositions/arithmetic.js';
import {
  abs,
  add,
  cos,
  div,
  equal,
  erf,
  exp,
  floor,
  greater,
  greaterEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sin,
  sqrt,
  sub,
  type TensorLike,
  tanh,
  where,
} from '../../src/operations/elementwise.js';
import { errorFunction, power, withinTurns } from '../../src/operations/special-functions.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { EQUAL, EXACT, type Tolerance } from '../support/compare.js';
import { numbers, sample } from '../support/numbers.js';
import { broadcastReader, build } from '../support/plain.js';
import { type Case, exactly, LENGTHS, nearly } from './case.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const SPECIAL = [nan, infinity, -infinity, 0, -0, 1, -1, 2 ** -126, -(2 ** 127), 0.1, -2.5];
const rounded = (values: readonly number[]) => Float32Array.from(values);

interface Unary {
  readonly apply: (x: Tensor) => Tensor;
  readonly truth: (x: number) => number;
  readonly tolerance: Tolerance;
  /** Numbers where it is hard to be right. */
  readonly points?: readonly number[];
}

// Correctly rounded operations leave no room; the others a few units in the last place of float32.
const FEW_ULP: Tolerance = { relative: 1e-6, absolute: 2 ** -126 };
const SATURATING: Tolerance = { relative: 1e-6, absolute: 2e-7 };
const ANGLES = [Math.PI / 4, -Math.PI / 2, Math.PI, 3, -4.7, 6.3, 22, -355, 1000, 8191, -8192, 2 ** 22 + 1, 1e30];
const unary: Record<string, Unary> = {
  neg: { apply: neg, truth: (x) => -x, tolerance: EXACT },
  abs: { apply: abs, truth: Math.abs, tolerance: EXACT },
  sqrt: { apply: sqrt, truth: Math.sqrt, tolerance: EXACT, points: [2, 3, 1e-30, 1e30, 4, 0.25] },
  square: { apply: square, truth: (x) => x * x, tolerance: EXACT, points: [1e19, 1e20, 1e-19] },
  relu: { apply: relu, truth: (x) => Math.max(x, 0), tolerance: EQUAL },
  clip: { apply: (x) => clip(x, -0.5, 0.75), truth: (x) => Math.min(Math.max(x, -0.5), 0.75), tolerance: EQUAL },
  exp: {
    apply: exp,
    truth: Math.exp,
    tolerance: FEW_ULP,
    points: [1e-8, -1e-8, 0.5, -0.5, 10, -10, 50, -50, 87, -87, 88.7, 88.8, 89, 1000, -104, -1000],
  },
  log: {
    apply: log,
    truth: Math.log,
    tolerance: SATURATING,
    points: [0.5, 2, 1.0001, 0.9999, Math.SQRT1_2, Math.SQRT2, 1e-30, 1e30, 3.4e38, -1e-30],
  },
  tanh: {
    apply: tanh,
    truth: Math.tanh,
    tolerance: SATURATING,
    points: [1e-4, -1e-4, 0.6, -0.6, 5, -5, 9, 12, 50, -90],
  },
  floor: { apply: floor, truth: Math.floor, tolerance: EQUAL, points: [0.5, -0.5, 2, -3, 1e9, -1e9, 2 ** 23 + 1] },
  sin: { apply: sin, truth: withinTurns(Math.sin), tolerance: SATURATING, points: ANGLES },
  cos: { apply: cos, truth: withinTurns(Math.cos), tolerance: SATURATING, points: ANGLES },
  erf: {
    apply: erf,
    truth: errorFunction,
    tolerance: FEW_ULP,
    points: [1e-6, -1e-6, 1e-30, 0.849, 0.851, -0.85, 2, -2, 3.9, 3.95, 4, -5, 100],
  },
  sigmoid: {
    apply: sigmoid,
    truth: (x) => 1 / (1 + Math.exp(-x)),
    tolerance: SATURATING,
    points: [1e-4, 5, -5, 15, -15, 17, -17, 80, -80, 88, -88, 89, -89, 200, -200],
  },
};

function unaryCases(): Case[] {
  return Object.entries(unary).flatMap(([name, { apply, truth, tolerance, points = [] }]) => {
    const special = rounded([...SPECIAL, ...points]);
    const check = (what: string, values: Float32Array, shape: Shape) =>
      nearly(`${name} of ${what}`, apply(tensor(values, shape)), shape, rounded(Array.from(values, truth)), tolerance);
    return [
      ...LENGTHS.map((length) => check(`${length} elements`, numbers(length, length), [length])),
      check('special values', special, [special.length]),
      check('a scalar', numbers(1, 3), []),
      check('nothing', new Float32Array(0), [3, 0, 2]),
    ];
  });
}

interface Binary {
  readonly apply: (x: TensorLike, y: TensorLike) => Tensor;
  readonly truth: (x: number, y: number) => number;
}

const binary: Record<string, Binary> = {
  add: { apply: add, truth: (x, y) => x + y },
  sub: { apply: sub, truth: (x, y) => x - y },
  mul: { apply: mul, truth: (x, y) => x * y },
  div: { apply: div, truth: (x, y) => x / y },
  maximum: { apply: maximum, truth: Math.max },
  minimum: { apply: minimum, truth: Math.min },
  greater: { apply: greater, truth: (x, y) => Number(x > y) },
  greaterEqual: { apply: greaterEqual, truth: (x, y) => Number(x >= y) },
  less: { apply: less, truth: (x, y) => Number(x < y) },
  lessEqual: { apply: lessEqual, truth: (x, y) => Number(x <= y) },
  equal: { apply: equal, truth: (x, y) => Number(x === y) },
};

/** Two shapes and what they broadcast to: the shorter in front, behind, in the middle, both ways at once, empty. */
const broadcasts: readonly (readonly [Shape, Shape, Shape])[] = [
  [[], [], []],
  [[3], [], [3]],
  [[], [2, 3], [2, 3]],
  [[1], [4], [4]],
  [[2, 3], [3], [2, 3]],
  [[3], [2, 3], [2, 3]],
  [
    [2, 1],
    [2, 3],
    [2, 3],
  ],
  [
    [2, 1],
    [1, 3],
    [2, 3],
  ],
  [
    [2, 1, 5],
    [3, 1],
    [2, 3, 5],
  ],
  [
    [1, 4, 1],
    [3, 1, 5],
    [3, 4, 5],
  ],
  [[2, 3, 4, 5], [5], [2, 3, 4, 5]],
  [
    [2, 3, 4, 5],
    [4, 1],
    [2, 3, 4, 5],
  ],
  [
    [2, 1, 1, 17],
    [1, 3, 2, 1],
    [2, 3, 2, 17],
  ],
  [[1, 1], [1], [1, 1]],
  [
    [2, 1],
    [2, 0],
    [2, 0],
  ],
  [[0], [3, 1], [3, 0]],
  [[0, 4], [4], [0, 4]],
];

function binaryCases(): Case[] {
  return Object.entries(binary).flatMap(([name, { apply, truth }]) => {
    // A few equal pairs, so that comparisons have something to tell apart.
    const other = (length: number) =>
      numbers(length, length + 50).map((y, i) => (i % 3 === 0 ? numbers(length, length)[i] : y));
    const left = rounded(SPECIAL.flatMap((x) => SPECIAL.map(() => x)));
    const right = rounded(SPECIAL.flatMap(() => SPECIAL));
    const against = rounded(SPECIAL);
    return [
      ...LENGTHS.map((length) => {
        const [x, y] = [numbers(length, length), other(length)];
        const want = rounded(Array.from(x, (_, i) => truth(x[i], y[i])));
        return exactly(`${name} of ${length} elements`, apply(tensor(x), tensor(y)), [length], want);
      }),
      exactly(
        `${name} of all pairs of special values`,
        apply(tensor(left), tensor(right)),
        [left.length],
        rounded(Array.from(left, (x, i) => truth(x, right[i]))),
      ),
      ...SPECIAL.flatMap((constant) => [
        exactly(
          `${name} with the number ${Object.is(constant, -0) ? '-0' : constant} on the right`,
          apply(tensor(against), constant),
          [against.length],
          rounded(Array.from(against, (x) => truth(x, Math.fround(constant)))),
        ),
        exactly(
          `${name} with the number ${Object.is(constant, -0) ? '-0' : constant} on the left`,
          apply(constant, tensor(against)),
          [against.length],
          rounded(Array.from(against, (x) => truth(Math.fround(constant), x))),
        ),
      ]),
      ...broadcasts.map(([a, b, shape]) => {
        const [x, y] = [sample(a, 7), sample(b, 8)];
        const [readX, readY] = [broadcastReader(x.values, a), broadcastReader(y.values, b)];
        const want = rounded(build(shape, (...at) => truth(readX(...at), readY(...at))));
        return exactly(`${name} of ${formatShape(a)} and ${formatShape(b)}`, apply(x.x, y.x), shape, want);
      }),
    ];
  });
}

function powCases(): Case[] {
  const whole = [2, 3, -3, 4, -4, 5, 2 ** 23, 2 ** 23 + 1, 2 ** 24, -(2 ** 25), 0.5, -0.5, 2.5, 1e30, -1e30];
  const points = [...SPECIAL, ...whole, 0.3, -0.7, 1.0001, 10, 127, -126, 128, -149, -150, 1e-40, 2 ** 23 + 0.5];
  const left = rounded(points.flatMap((x) => points.map(() => x)));
  const right = rounded(points.flatMap(() => points));
  const [base, exponent] = [numbers(33, 1).map(Math.abs), numbers(33, 2)];
  const twos = rounded([1, 2, 3, 10, -1, -20, 127, -126, -149, 0.5]);
  return [
    nearly(
      'pow of all pairs of special values',
      pow(tensor(left), tensor(right)),
      [left.length],
      rounded(Array.from(left, (x, i) => power(x, right[i]))),
      FEW_ULP,
    ),
    nearly(
      'pow of positive numbers',
      pow(tensor(base), tensor(exponent)),
      [33],
      rounded(Array.from(base, (x, i) => x ** exponent[i])),
      FEW_ULP,
    ),
    exactly(
      'pow of 4',
      pow(4, tensor(twos)),
      [twos.length],
      Array.from(twos, (y) => 4 ** y),
    ),
    nearly('pow with a number', pow(tensor([0, 1, -2, 3]), 3), [4], [0, 1, -8, 27], FEW_ULP),
    nearly('pow that broadcasts', pow(tensor([[2], [3]]), tensor([1, 2])), [2, 2], [2, 4, 3, 9], FEW_ULP),
  ];
}

function whereCases(): Case[] {
  const shapes: readonly (readonly [Shape, Shape, Shape, Shape])[] = [
    [[], [], [], []],
    [[17], [17], [17], [17]],
    [[3, 1], [1, 4], [], [3, 4]],
    [[5], [2, 5], [2, 1], [2, 5]],
    [[2, 3, 4], [4], [3, 1], [2, 3, 4]],
    [[], [2, 3], [3], [2, 3]],
    [[0], [1], [2, 1], [2, 0]],
  ];
  const conditions = [nan, 0, -0, infinity, 2 ** -126, -1];
  return [
    ...shapes.map(([condition, a, b, shape]) => {
      const flags = numbers(sizeOf(condition), 1).map((x) => (x > 0 ? 1 : 0));
      const [x, y] = [sample(a, 2), sample(b, 3)];
      const readFlags = broadcastReader(flags, condition);
      const [readX, readY] = [broadcastReader(x.values, a), broadcastReader(y.values, b)];
      return exactly(
        `where of ${[condition, a, b].map(formatShape).join(', ')}`,
        where(tensor(flags, condition), x.x, y.x),
        shape,
        build(shape, (...at) => (readFlags(...at) !== 0 ? readX(...at) : readY(...at))),
      );
    }),
    // What is not taken must leave no trace, be it NaN or infinite.
    exactly(
      'where takes one side and nothing of the other',
      where(tensor(conditions), tensor([1, nan, -infinity, 4, -0, nan]), tensor([nan, -0, 3, infinity, nan, 6])),
      [6],
      [1, -0, 3, 4, -0, nan],
    ),
  ];
}

export const elementwise: Case[] = [...unaryCases(), ...binaryCases(), ...powCases(), ...whereCases()];
