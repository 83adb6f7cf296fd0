import { checkTensors } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { formatShape, type Shape, sameShape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { reshape } from './reshape.js';
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
    innerOfB: b[rank - (transposeB ? 1 : 2)],
  };
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
    const { m, k, n, innerOfB } = matmulSizes(a.shape, b.shape, attributes);
    if (k !== innerOfB) {
      throw new RangeError(
        `matmul: the inner lengths differ, ${k} and ${innerOfB} (${formatShape(a.shape)}${attributes.transposeA ? ' transposed' : ''}` +
          ` times ${formatShape(b.shape)}${attributes.transposeB ? ' transposed' : ''}).`,
      );
    }
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

/**
 * Matrix product over the last two axes: `[m,k] x [k,n]`, stacks `[batch,m,k] x [batch,k,n]`, or a stack of any
 * rank times one matrix.
 *
 * @throws RangeError if the inner lengths or the stacks differ
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkTensors('matmul', 'the operands', [a, b]);
  checkKnownOptions('matmul', options, ['transposeA', 'transposeB']);
  const { transposeA = false, transposeB = false } = options;
  if (b.shape.length === 2 && a.shape.length > 2 && !transposeA) {
    const stack = a.shape.slice(0, -1);
    const rows = reshape(a, [sizeOf(stack), a.shape[stack.length]]);
    const result = product(rows, b, false, transposeB);
    return reshape(result, [...stack, result.shape[1]]);
  }
  const stack = a.shape.slice(0, -2);
  if (stack.length > 1 && sameShape(stack, b.shape.slice(0, -2))) {
    const flat = (x: Tensor) => reshape(x, [sizeOf(stack), ...x.shape.slice(-2)]);
    const result = product(flat(a), flat(b), transposeA, transposeB);
    return reshape(result, [...stack, ...result.shape.slice(-2)]);
  }
  return product(a, b, transposeA, transposeB);
}
