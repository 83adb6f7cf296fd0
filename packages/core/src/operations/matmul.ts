import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions, refuse } from '../tensor/options.js';
import { formatShape, type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { reshape, transpose } from './reshape.js';
import type { ShardAnswer, Sharding, ShardQuestion } from './sharding.js';

export interface MatmulAttributes extends Record<string, unknown> {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Sizes of the products `[batch, m, k] x [batch, k, n]` after the transpositions asked for. */
export function matmulSizes(a: Shape, b: Shape, { transposeA, transposeB }: MatmulAttributes) {
  const rank = a.length;
  return {
    batch: rank === 3 ? a[0] : 1,
    m: a[rank - (transposeA ? 1 : 2)],
    k: a[rank - (transposeA ? 2 : 1)],
    n: b[rank - (transposeB ? 2 : 1)],
  };
}

/** @throws RangeError if the axes along which two stacks of matrices are multiplied differ */
function checkInnerLengths(a: Shape, b: Shape, { transposeA, transposeB }: MatmulAttributes): void {
  const k = a[a.length - (transposeA ? 2 : 1)];
  const innerOfB = b[b.length - (transposeB ? 1 : 2)];
  if (k === innerOfB) return;
  throw new RangeError(
    `matmul: the inner lengths differ, ${k} and ${innerOfB} (${formatShape(a)}${transposeA ? ' transposed' : ''}` +
      ` times ${formatShape(b)}${transposeB ? ' transposed' : ''}).`,
  );
}

/** Which of the axes of a product an operand's axis is. */
type Role = 'stack' | 'm' | 'n' | 'k';

/**
 * Rows of A, columns of B and stacks of matrices are computed one by one; examples along the inner length are added up.
 */
function shardMatmul({
  inputs,
  output,
  attributes: { transposeA, transposeB },
  shardings,
}: ShardQuestion<MatmulAttributes>): ShardAnswer<MatmulAttributes> | undefined {
  const rank = output.shape.length;
  const stack: Role[] = rank === 3 ? ['stack'] : [];
  const roles: Role[][] = [
    [...stack, ...(transposeA ? (['k', 'm'] as const) : (['m', 'k'] as const))],
    [...stack, ...(transposeB ? (['n', 'k'] as const) : (['k', 'n'] as const))],
  ];
  const cut = shardings.flatMap((sharding, which) =>
    sharding ? [{ role: roles[which][sharding.axis], factor: sharding.factor }] : [],
  );
  const [{ role, factor }] = cut;
  if (cut.some((other) => other.role !== role || other.factor !== factor)) return undefined;
  const operands = inputs.map((_, which): Sharding | 'whole' => {
    const axis = roles[which].indexOf(role);
    return axis < 0 ? 'whole' : { axis, factor };
  });
  if (role === 'k') return { operands, result: 'sum' };
  const axis = role === 'stack' ? 0 : rank - (role === 'm' ? 2 : 1);
  return { operands, result: { axis, factor } };
}

export const matmulDefinition: OperationDefinition<MatmulAttributes> = {
  name: 'matmul',
  kind: 'anchor',
  exact: false,
  infer([a, b], attributes) {
    const rank = a.shape.length;
    if (rank !== b.shape.length || rank < 2 || rank > 3 || (rank === 3 && a.shape[0] !== b.shape[0])) {
      throw new RangeError(
        `matmul: ${formatShape(a.shape)} and ${formatShape(b.shape)} are not two matrices or two equal stacks of them.`,
      );
    }
    checkInnerLengths(a.shape, b.shape, attributes);
    const { m, n } = matmulSizes(a.shape, b.shape, attributes);
    return [float32(rank === 3 ? [a.shape[0], m, n] : [m, n])];
  },
  shard: shardMatmul,
  gradient({ inputs: [a, b], gradient: g, attributes: { transposeA, transposeB } }) {
    return [
      transposeA ? product(b, g, transposeB, true) : product(g, b, false, !transposeB),
      transposeB ? product(g, a, true, transposeA) : product(a, g, !transposeA, false),
    ];
  },
  reference({ inputs: [a, b], outputs: [out], inputTypes: [typeA, typeB], attributes }) {
    const { batch, m, k, n } = matmulSizes(typeA.shape, typeB.shape, attributes);
    const [rowA, columnA] = attributes.transposeA ? [1, m] : [k, 1];
    const [rowB, columnB] = attributes.transposeB ? [1, k] : [n, 1];
    for (let which = 0; which < batch; which++) {
      for (let row = 0; row < m; row++) {
        for (let column = 0; column < n; column++) {
          let total = 0;
          for (let inner = 0; inner < k; inner++) {
            total +=
              a[which * m * k + row * rowA + inner * columnA] * b[which * k * n + inner * rowB + column * columnB];
          }
          out[(which * m + row) * n + column] = total;
        }
      }
    }
  },
};

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return apply(matmulDefinition, [a, b], { transposeA, transposeB });
}

/** Options of a matrix product. */
export interface MatmulOptions {
  /** Whether the last two axes of a are exchanged first. Default false. */
  readonly transposeA?: boolean;
  /** Whether the last two axes of b are exchanged first. Default false. */
  readonly transposeB?: boolean;
}

/** The shapes of stacks of matrices, with axes of length 1 in front of the shorter one. */
function alignedStacks(a: Shape, b: Shape): readonly [Shape, Shape] {
  const rank = Math.max(a.length, b.length) - 2;
  const [left, right] = [a, b].map((shape) => {
    const stack = shape.slice(0, -2);
    return [...new Array<number>(rank - stack.length).fill(1), ...stack];
  });
  if (left.some((length, axis) => length !== right[axis] && length !== 1 && right[axis] !== 1)) {
    throw new RangeError(
      `matmul: ${formatShape(a)} and ${formatShape(b)} are no stacks of matrices that broadcast: the axes before the ` +
        'last two must agree, or one of them be 1.',
    );
  }
  return [left, right];
}

/** The product of two tensors of at least two axes. */
function productOfStacks(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const [left, right] = alignedStacks(a.shape, b.shape);
  const stack = left.map((length, axis) => (length === 1 ? right[axis] : length));
  const rankA = a.shape.length;
  const [m, k] = [a.shape[rankA - (transposeA ? 1 : 2)], a.shape[rankA - (transposeA ? 2 : 1)]];
  // Innermost axes of the stack for which there is one matrix B: their matrices A are rows of one. Nothing is repeated.
  const outer = right.findLastIndex((length) => length !== 1) + 1;
  const folded = sizeOf(stack.slice(outer));
  const isTurned = transposeA && folded !== 1;
  const rows = isTurned ? transpose(a, exchanged(rankA)) : a;
  const keepsTransposition = transposeA && !isTurned;
  const matrixA = keepsTransposition ? [k, m] : [folded * m, k];
  const result = productOfMany(
    stack.slice(0, outer),
    reshape(rows, [...left.slice(0, outer), ...matrixA]),
    reshape(b, [...right.slice(0, outer), ...b.shape.slice(-2)]),
    [keepsTransposition, transposeB],
  );
  return reshape(result, [...stack, m, result.shape[result.shape.length - 1]]);
}

/** The last two axes exchanged. */
function exchanged(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
}

/** Products of stacks of one rank; those that are repeated in the stack are stored so. */
function productOfMany(
  stack: Shape,
  a: Tensor,
  b: Tensor,
  [transposeA, transposeB]: readonly [boolean, boolean],
): Tensor {
  if (stack.length === 0) return product(a, b, transposeA, transposeB);
  const flat = (x: Tensor) => {
    const matrix = x.shape.slice(-2);
    return reshape(broadcastTo(x, [...stack, ...matrix]), [sizeOf(stack), ...matrix]);
  };
  return product(flat(a), flat(b), transposeA, transposeB);
}

/** A vector as a matrix of one row or column. */
function matrixOf(x: Tensor, which: 'transposeA' | 'transposeB', isTransposed: boolean): Tensor {
  if (x.shape.length > 1) return x;
  if (x.shape.length === 0) throw new RangeError('matmul: [] is one number. Use mul, or give vectors or matrices.');
  if (isTransposed) refuse('matmul', which, true, `none for the vector ${formatShape(x.shape)}`);
  return reshape(x, which === 'transposeA' ? [1, x.size] : [x.size, 1]);
}

/**
 * Matrix product over the last two axes, as NumPy's `matmul`: `[m,k] x [k,n]`, and stacks of matrices that broadcast:
 * `[8,1,m,k] x [3,k,n]` is `[8,3,m,n]`. A vector is a row on the left and a column on the right, and its axis is left
 * out of the result.
 *
 * A stack times one matrix, or one matrix for each of the outermost axes, is computed without repeating any. Others that
 * broadcast are stored once for each product.
 *
 * @throws RangeError if the inner lengths differ or the stacks do not broadcast
 * @example
 * matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])); // [3, 7]
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkTensors('matmul', 'the operands', [a, b]);
  checkKnownOptions('matmul', options, ['transposeA', 'transposeB']);
  const { transposeA = false, transposeB = false } = options;
  const left = matrixOf(a, 'transposeA', transposeA);
  const right = matrixOf(b, 'transposeB', transposeB);
  checkInnerLengths(left.shape, right.shape, { transposeA, transposeB });
  const result = productOfStacks(left, right, transposeA, transposeB);
  const shape = [...result.shape];
  if (b.shape.length === 1) shape.splice(-1, 1);
  if (a.shape.length === 1) shape.splice(b.shape.length === 1 ? -1 : -2, 1);
  return reshape(result, shape);
}
