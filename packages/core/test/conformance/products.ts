import { mul } from '../../src/operations/elementwise.js';
import { matmul } from '../../src/operations/matmul.js';
import { reshape } from '../../src/operations/reshape.js';
import { concatenate } from '../../src/operations/slice.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { broadcastReader, build, range, reader, total } from '../support/plain.js';
import { type Case, nearly } from './case.js';

const TRANSPOSITIONS = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true },
];

/** m, k, n. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [2, 3, 4],
  [3, 5, 7],
  [4, 4, 4],
  [1, 33, 8],
  [5, 8, 16],
  [7, 17, 9],
  [8, 1, 33],
  [16, 16, 16],
  [17, 31, 15],
  [33, 2, 5],
  [6, 9, 1],
  [13, 7, 31],
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
];

const STACKS: readonly Shape[] = [[], [3], [1], [2, 3], [0]];

/** A product of stacks of matrices, whose stacks broadcast to `stack`, with the values that the definition gives. */
function productCase(
  [stackA, stackB, stack]: readonly [Shape, Shape, Shape],
  [m, k, n]: readonly [number, number, number],
  { transposeA, transposeB }: (typeof TRANSPOSITIONS)[number],
): Case {
  const shapeA = [...stackA, ...(transposeA ? [k, m] : [m, k])];
  const shapeB = [...stackB, ...(transposeB ? [n, k] : [k, n])];
  const [a, b] = [sample(shapeA, 1), sample(shapeB, 2)];
  const [atA, atB] = [broadcastReader(a.values, shapeA), broadcastReader(b.values, shapeB)];
  const want = build([...stack, m, n], (...place) => {
    const [row, column] = place.slice(-2);
    const which = place.slice(0, -2);
    return total(
      range(k).map(
        (inner) =>
          atA(...which, ...(transposeA ? [inner, row] : [row, inner])) *
          atB(...which, ...(transposeB ? [column, inner] : [inner, column])),
      ),
    );
  });
  const name = `matmul ${formatShape(shapeA)}${transposeA ? 'ᵀ' : ''} ${formatShape(shapeB)}${transposeB ? 'ᵀ' : ''}`;
  return nearly(name, matmul(a.x, b.x, { transposeA, transposeB }), [...stack, m, n], want);
}

function productCases(): Case[] {
  return STACKS.flatMap((stack) =>
    SIZES.flatMap((sizes) => TRANSPOSITIONS.map((each) => productCase([stack, stack, stack], sizes, each))),
  );
}

/** A stack of any rank times one matrix. */
function stackTimesMatrixCases(): Case[] {
  const pairs: readonly (readonly [Shape, number])[] = [
    [[3, 4, 5], 6],
    [[2, 3, 4, 5], 7],
    [[1, 1, 1, 1], 1],
    [[2, 0, 5], 4],
    [[2, 3, 0], 4],
    [[2, 3, 4], 0],
  ];
  return pairs.flatMap(([shape, n]) =>
    [false, true].map((transposeB) => {
      const k = shape[shape.length - 1];
      const matrix = transposeB ? [n, k] : [k, n];
      const [a, b] = [sample(shape, 3), sample(matrix, 4)];
      const [atA, atB] = [reader(a.values, shape), reader(b.values, matrix)];
      const result = [...shape.slice(0, -1), n];
      const want = build(result, (...place) =>
        total(
          range(k).map((inner) => {
            const column = place[place.length - 1];
            return atA(...place.slice(0, -1), inner) * (transposeB ? atB(column, inner) : atB(inner, column));
          }),
        ),
      );
      const name = `matmul of the stack ${formatShape(shape)} and the matrix ${formatShape(matrix)}${transposeB ? 'ᵀ' : ''}`;
      return nearly(name, matmul(a.x, b.x, { transposeB }), result, want);
    }),
  );
}

/** Stacks that broadcast to each other, as NumPy's `matmul` has them: of A, of B, and of the result. */
const BROADCASTS: readonly (readonly [Shape, Shape, Shape])[] = [
  [[], [3], [3]],
  [[3], [], [3]],
  [[1], [3], [3]],
  [[3], [1], [3]],
  [[2, 1], [3], [2, 3]],
  [
    [2, 1],
    [1, 3],
    [2, 3],
  ],
  [
    [2, 3],
    [2, 1],
    [2, 3],
  ],
  [
    [2, 1],
    [2, 3],
    [2, 3],
  ],
  [[3], [2, 3], [2, 3]],
  [
    [2, 2, 3],
    [2, 1, 1],
    [2, 2, 3],
  ],
  [[1, 2, 1], [3], [1, 2, 3]],
  [[0], [1], [0]],
];

function broadcastCases(): Case[] {
  return BROADCASTS.flatMap((stacks) => TRANSPOSITIONS.map((each) => productCase(stacks, [4, 5, 9], each)));
}

function vectorCases(): Case[] {
  const x = tensor([1, 2, 3]);
  const matrix = tensor([
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  const stack = concatenate([reshape(matrix, [1, 3, 2]), reshape(mul(matrix, 2), [1, 3, 2])]);
  return [
    nearly('matmul of two vectors', matmul(x, x), [], [14]),
    nearly('matmul of a vector and a matrix', matmul(x, matrix), [2], [4, 5]),
    nearly('matmul of a vector and a stack', matmul(x, stack), [2, 2], [4, 5, 8, 10]),
    nearly('matmul of a matrix and a vector', matmul(matrix, x, { transposeA: true }), [2], [4, 5]),
    nearly('matmul of a stack and a vector', matmul(stack, tensor([1, 10])), [2, 3], [1, 10, 11, 2, 20, 22]),
  ];
}

function specialCases(): Case[] {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  return [
    nearly(
      'matmul hands on NaN and infinities even where it multiplies them by 0',
      matmul(
        tensor([
          [0, 0],
          [1, 2],
          [0, 1],
        ]),
        tensor([
          [nan, infinity, -infinity, 1, 0],
          [1, 1, 1, 1, infinity],
        ]),
      ),
      [3, 5],
      [nan, nan, nan, 0, nan, nan, infinity, -infinity, 3, infinity, nan, nan, nan, 1, infinity],
    ),
  ];
}

export const products: Case[] = [
  ...productCases(),
  ...stackTimesMatrixCases(),
  ...broadcastCases(),
  ...vectorCases(),
  ...specialCases(),
];
