import { pad } from '../../src/compositions/pad.js';
import { broadcastTo } from '../../src/operations/broadcast.js';
import { reshape, transpose } from '../../src/operations/reshape.js';
import { concatenate, slice } from '../../src/operations/slice.js';
import { full, tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { broadcastReader, build, reader } from '../support/plain.js';
import { type Case, exactly, LENGTHS } from './case.js';

function reshapeCases(): Case[] {
  const pairs: readonly (readonly [Shape, Shape, Shape])[] = [
    [[6], [2, 3], [2, 3]],
    [[2, 3], [-1], [6]],
    [
      [2, 3, 4],
      [4, -1],
      [4, 6],
    ],
    [[1], [], []],
    [[], [1, 1, 1], [1, 1, 1]],
    [[17], [1, 17, 1], [1, 17, 1]],
    [
      [0, 3],
      [3, 0],
      [3, 0],
    ],
    [
      [2, 0],
      [-1, 5],
      [0, 5],
    ],
  ];
  return pairs.map(([from, to, shape]) => {
    const { x, values } = sample(from, 1);
    return exactly(`reshape ${formatShape(from)} to ${formatShape(to)}`, reshape(x, to), shape, values);
  });
}

function transposeCases(): Case[] {
  const pairs: readonly (readonly [Shape, readonly number[]])[] = [
    [[], []],
    [[5], [0]],
    [
      [3, 4],
      [1, 0],
    ],
    [
      [3, 4],
      [0, 1],
    ],
    [
      [17, 33],
      [1, 0],
    ],
    [
      [1, 7],
      [1, 0],
    ],
    [
      [2, 3, 4],
      [2, 1, 0],
    ],
    [
      [2, 3, 4],
      [0, 2, 1],
    ],
    [
      [2, 3, 4],
      [1, 0, 2],
    ],
    [
      [2, 3, 4],
      [1, 2, 0],
    ],
    [
      [2, 3, 4, 5],
      [0, 3, 1, 2],
    ],
    [
      [2, 3, 4, 5],
      [3, 0, 2, 1],
    ],
    [
      [2, 1, 3, 1, 2],
      [4, 3, 2, 1, 0],
    ],
    [
      [2, 0, 3],
      [2, 0, 1],
    ],
  ];
  return pairs.map(([shape, permutation]) => {
    const { x, values } = sample(shape, 2);
    const result = permutation.map((axis) => shape[axis]);
    const at = reader(values, shape);
    const want = build(result, (...to) => at(...shape.map((_, axis) => to[permutation.indexOf(axis)])));
    return exactly(`transpose ${formatShape(shape)} by [${permutation}]`, transpose(x, permutation), result, want);
  });
}

function broadcastCases(): Case[] {
  const pairs: readonly (readonly [Shape, Shape])[] = [
    [[], []],
    [[], [2, 3]],
    [[1], [0]],
    [[3], [2, 3]],
    [
      [3, 1],
      [3, 4],
    ],
    [
      [3, 1],
      [2, 3, 4],
    ],
    [
      [1, 1, 5],
      [2, 3, 5],
    ],
    [
      [2, 1, 3, 1],
      [2, 4, 3, 5],
    ],
    ...LENGTHS.map((length): [Shape, Shape] => [
      [2, 1],
      [2, length],
    ]),
  ];
  return [
    ...pairs.map(([from, to]) => {
      const { x, values } = sample(from, 5);
      const want = build(to, broadcastReader(values, from));
      return exactly(`broadcast ${formatShape(from)} to ${formatShape(to)}`, broadcastTo(x, to), to, want);
    }),
    exactly('full with a value', full([2, 3], -0), [2, 3], new Float32Array(6).fill(-0)),
  ];
}

/** Movers of data must not touch the bits: not even of what is no number. */
function bitCases(): Case[] {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 2 ** -149, -(2 ** -149), 3e38];
  const x = tensor(values, [2, 4]);
  const transposed = [0, 4, 1, 5, 2, 6, 3, 7].map((i) => values[i]);
  return [
    exactly('transpose keeps special values', transpose(x), [4, 2], transposed),
    exactly(
      'slice keeps special values',
      slice(x, [0, 1], [], [1, 2]),
      [2, 2],
      [1, 3, 5, 7].map((i) => values[i]),
    ),
    exactly(
      'pad keeps special values',
      pad(x, [
        [0, 0],
        [0, 1],
      ]),
      [2, 5],
      [...values.slice(0, 4), 0, ...values.slice(4), 0],
    ),
    exactly('concatenate keeps special values', concatenate([x, x]), [4, 4], [...values, ...values]),
    exactly('broadcast keeps special values', broadcastTo(x, [2, 2, 4]), [2, 2, 4], [...values, ...values]),
  ];
}

export const shaping: Case[] = [...reshapeCases(), ...transposeCases(), ...broadcastCases(), ...bitCases()];
