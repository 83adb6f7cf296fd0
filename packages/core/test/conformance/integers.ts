import { less } from '../../src/compositions/arithmetic.js';
import { cumsum } from '../../src/compositions/cumsum.js';
import { argMax, oneHot } from '../../src/compositions/indices.js';
import { pad } from '../../src/compositions/pad.js';
import { logSumExp } from '../../src/compositions/reductions.js';
import { broadcastTo } from '../../src/operations/broadcast.js';
import { cast } from '../../src/operations/cast.js';
import {
  add,
  equal,
  greater,
  greaterEqual,
  maximum,
  minimum,
  mul,
  sub,
  where,
} from '../../src/operations/elementwise.js';
import { iota } from '../../src/operations/iota.js';
import { reshape, transpose } from '../../src/operations/reshape.js';
import { takeRows } from '../../src/operations/rows.js';
import { concatenate, slice } from '../../src/operations/slice.js';
import { stopGradient } from '../../src/operations/stop-gradient.js';
import { table, tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { build } from '../support/plain.js';
import { type Case, exactly, integers, LENGTHS, nearly } from './case.js';

const LEAST = -(2 ** 31);
const LARGEST = 2 ** 31 - 1;
/** Whole numbers that float32 cannot hold, and the ends of the range. */
const whole = (length: number) =>
  Int32Array.from({ length }, (_, i) => [LARGEST - i, LEAST + i, 16777217 + i, -i, i][i % 5]);

function castCases(): Case[] {
  const floats = [0, -0, 0.5, -0.5, 1.999, -1.999, 2.5, 3e9, -3e9, Infinity, -Infinity, NaN, 16777216, 2147483520];
  const cut = [0, 0, 0, 0, 1, -1, 2, LARGEST, LEAST, LARGEST, LEAST, 0, 16777216, 2147483520];
  return [
    integers('cast of floats', cast(tensor(floats), 'int32'), [floats.length], cut),
    integers('cast of bytes to int32', cast(table(Uint8Array.of(0, 7, 255)), 'int32'), [3], [0, 7, 255]),
    exactly(
      'cast of keys',
      cast(table(Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1)), 'float32'),
      [3],
      [0, 2 ** 31, 2 ** 32],
    ),
    integers('cast of keys to int32', cast(table(Uint32Array.of(5, 2 ** 32 - 1)), 'int32'), [2], [5, -1]),
    exactly(
      'cast there and back, in one loop',
      add(cast(cast(tensor([1.7, -1.7]), 'int32'), 'float32'), 0.25),
      [2],
      [1.25, -0.75],
    ),
    ...LENGTHS.flatMap((length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 67 + 250) % 256);
      return [
        exactly(`cast of ${length} int32`, cast(tensor(whole(length)), 'float32'), [length], [...whole(length)]),
        exactly(`cast of ${length} bytes`, cast(table(bytes, [1, length]), 'float32'), [1, length], [...bytes]),
        exactly(
          `iota of ${length}`,
          mul(iota('iota', length), 1),
          [length],
          Array.from(bytes, (_, i) => i),
        ),
      ];
    }),
    integers('cast of nothing', cast(tensor([], [0, 3]), 'int32'), [0, 3], []),
  ];
}

/** Integers keep their bits, whatever moves them. */
function movedCases(): Case[] {
  const values = whole(12);
  const x = tensor(values, [3, 4]);
  const at = (shape: Shape, source: (position: readonly number[]) => number) =>
    Array.from({ length: sizeOf(shape) }, (_, i) => source([Math.floor(i / shape[1]), i % shape[1]]));
  const read = ([row, column]: readonly number[]) => values[4 * row + column];
  const index = Int32Array.of(2, 0, 2);
  return [
    integers('reshape', reshape(x, [2, 6]), [2, 6], values),
    integers(
      'transpose',
      transpose(x),
      [4, 3],
      at([4, 3], ([i, j]) => read([j, i])),
    ),
    integers(
      'slice',
      slice(x, [1, 0], [3, 4], [1, 2]),
      [2, 2],
      at([2, 2], ([i, j]) => read([i + 1, 2 * j])),
    ),
    integers('concatenate', concatenate([x, x]), [6, 4], [...values, ...values]),
    integers(
      'broadcastTo',
      broadcastTo(slice(x, [0], [1]), [2, 4]),
      [2, 4],
      [...values.slice(0, 4), ...values.slice(0, 4)],
    ),
    integers(
      'pad',
      pad(slice(x, [0], [1]), [
        [1, 0],
        [0, 0],
      ]),
      [2, 4],
      [0, 0, 0, 0, ...values.slice(0, 4)],
    ),
    integers('stopGradient', stopGradient(x), [3, 4], values),
    integers(
      'takeRows',
      takeRows(x, tensor(index)),
      [3, 4],
      [...index].flatMap((row) => [...values.slice(4 * row, 4 * row + 4)]),
    ),
    exactly(
      'takeRows by numbers that are computed, the nearest there is',
      takeRows(tensor([5, 6, 7]), cast(tensor([-9, 0.5, 1, 99, NaN]), 'int32')),
      [5],
      [5, 5, 6, 7, 5],
    ),
  ];
}

/** Arithmetic of int32, which wraps around. */
function arithmeticCases(): Case[] {
  const operations = {
    add: [add, (a: number, b: number) => (a + b) | 0],
    sub: [sub, (a: number, b: number) => (a - b) | 0],
    mul: [mul, Math.imul],
    maximum: [maximum, Math.max],
    minimum: [minimum, Math.min],
  } as const;
  const comparisons = {
    greater: [greater, (a: number, b: number) => a > b],
    greaterEqual: [greaterEqual, (a: number, b: number) => a >= b],
    equal: [equal, (a: number, b: number) => a === b],
    less: [less, (a: number, b: number) => a < b],
  } as const;
  const ends = [LEAST, LARGEST, LEAST + 1, 16777217, 16777216, -16777217, 0, 1, -1, 65537];
  const [left, right] = [ends.flatMap((x) => ends.map(() => x)), ends.flatMap(() => ends)];
  const pairs = [Int32Array.from(left), Int32Array.from(right)] as const;
  return [
    ...Object.entries(operations).flatMap(([name, [apply, truth]]) => [
      ...LENGTHS.map((length) => {
        const [a, b] = [whole(length), whole(length + 2).subarray(2)];
        const want = Array.from(a, (x, i) => truth(x, b[i]));
        return integers(`${name} of ${length} int32`, apply(tensor(a), tensor(b)), [length], want);
      }),
      integers(
        `${name} of all pairs of the ends of int32`,
        apply(tensor(pairs[0]), tensor(pairs[1])),
        [left.length],
        left.map((x, i) => truth(x, right[i])),
      ),
      integers(
        `${name} of int32 and a number`,
        apply(tensor(pairs[0]), 16777217),
        [left.length],
        left.map((x) => truth(x, 16777217)),
      ),
      integers(
        `${name} of a number and int32`,
        apply(LEAST, tensor(pairs[0])),
        [left.length],
        left.map((x) => truth(LEAST, x)),
      ),
      integers(
        `${name} of int32 that broadcast`,
        apply(tensor(Int32Array.of(LARGEST, 5), [2, 1]), tensor(Int32Array.of(7, -8, 9))),
        [2, 3],
        [LARGEST, LARGEST, LARGEST, 5, 5, 5].map((x, i) => truth(x, [7, -8, 9][i % 3])),
      ),
    ]),
    ...Object.entries(comparisons).map(([name, [apply, truth]]) =>
      exactly(
        `${name} of int32`,
        apply(tensor(pairs[0]), tensor(pairs[1])),
        [left.length],
        left.map((x, i) => Number(truth(x, right[i]))),
      ),
    ),
    integers(
      'where, by a comparison of int32',
      where(greater(tensor(pairs[0]), tensor(pairs[1])), tensor(pairs[0]), -7),
      [left.length],
      left.map((x, i) => (x > right[i] ? x : -7)),
    ),
    integers('cumsum of int32', cumsum(tensor(Int32Array.of(LARGEST, 1, 2))), [3], [LARGEST, LEAST, LEAST + 2]),
    exactly(
      'int32 and float32 in one loop',
      mul(cast(add(mul(tensor(whole(9)), 3), 1), 'float32'), 0.5),
      [9],
      [...whole(9)].map((x) => Math.fround((Math.imul(x, 3) + 1) | 0) * 0.5),
    ),
  ];
}

function largestOf(values: readonly number[]): number {
  const firstNaN = values.findIndex(Number.isNaN);
  return firstNaN >= 0 ? firstNaN : values.indexOf(Math.max(...values));
}

function argMaxCases(): Case[] {
  const rows = [
    [1, 3, 3, 2],
    [-0, 0, -0, 0],
    [-Infinity, -Infinity, -Infinity, -Infinity],
    [1, NaN, Infinity, NaN],
    [NaN, 9, 9, 9],
    [-5, -3, -4, -2],
    [Infinity, 1, Infinity, 0],
  ];
  const shapes: readonly (readonly [Shape, number])[] = [
    [[5], 0],
    [[4, 7], 0],
    [[4, 7], 1],
    [[2, 3, 17], -1],
    [[2, 5, 3], 1],
    [[33, 1], 1],
  ];
  return [
    integers('argMax of ties, infinities and NaN', argMax(tensor(rows), 1), [rows.length], rows.map(largestOf)),
    ...shapes.map(([shape, axis]) => {
      const { x, values } = sample(shape, 12);
      const along = axis < 0 ? axis + shape.length : axis;
      const kept = shape.toSpliced(along, 1);
      const inside = sizeOf(shape.slice(along + 1));
      const want = Array.from({ length: sizeOf(kept) }, (_, i) => {
        const begin = Math.floor(i / inside) * inside * shape[along] + (i % inside);
        return largestOf(Array.from({ length: shape[along] }, (_, at) => values[begin + at * inside]));
      });
      return integers(`argMax of ${formatShape(shape)} along ${axis}`, argMax(x, axis), kept, want);
    }),
    exactly('oneHot', oneHot(tensor(Int32Array.of(2, 0, -1, 3)), 3), [4, 3], [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    exactly('oneHot of bytes', oneHot(table(Uint8Array.of(1, 0), [2, 1]), 2), [2, 1, 2], [0, 1, 1, 0]),
  ];
}

function logSumExpCases(): Case[] {
  const truth = (values: readonly number[]) => {
    const largest = Math.max(...values);
    if (!Number.isFinite(largest)) return largest;
    return largest + Math.log(values.reduce((total, x) => total + Math.exp(x - largest), 0));
  };
  const rows = [
    [1, 2, 3],
    [1000, 1000, 999],
    [-1000, -1001, -1000],
    [-Infinity, 0, 1],
    [-Infinity, -Infinity, -Infinity],
    [Infinity, 0, 0],
    [NaN, 0, 0],
  ];
  const { x, values } = sample([3, 4, 5], 4);
  const over = build([3], (i) => truth(Array.from({ length: 20 }, (_, at) => values[20 * i + at])));
  return [
    nearly('logSumExp of rows', logSumExp(tensor(rows), 1), [7], rows.map(truth), { relative: 1e-6 }),
    nearly('logSumExp over two axes', logSumExp(x, [1, -1]), [3], over),
    nearly('logSumExp with axes kept', logSumExp(x, [1, 2], { keepDims: true }), [3, 1, 1], over),
    nearly('logSumExp of all', logSumExp(x), [], [truth([...values])]),
  ];
}

export const integerCases: Case[] = [
  ...castCases(),
  ...movedCases(),
  ...arithmeticCases(),
  ...argMaxCases(),
  ...logSumExpCases(),
];
