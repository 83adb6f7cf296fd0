import { checkTensor } from '../tensor/describe.js';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { scalar } from './constant.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardAlike } from './sharding.js';

type NoAttributes = Record<string, never>;
type Rule = (inputs: readonly Tensor[], output: Tensor, gradient: Tensor) => (Tensor | undefined)[];
/** Anything that stands for a tensor in arithmetic: a tensor, or a number that broadcasts. */
export type TensorLike = Tensor | number;

/** An operation that computes each element of its output from the elements at the same place of its inputs. */
function elementwise(
  name: string,
  compute: (a: number, b: number, c: number) => number,
  gradient: Rule | 'constant',
  traits: { readonly inexact?: true; readonly linear?: 'jointly' | readonly number[] } = {},
): OperationDefinition<NoAttributes> {
  return {
    name,
    kind: 'elementwise',
    exact: !traits.inexact,
    ...(traits.linear && { linear: traits.linear }),
    shard: shardAlike,
    infer(inputs) {
      if (inputs.some(({ shape }) => !sameShape(shape, inputs[0].shape))) {
        throw new RangeError(`${name}: shapes ${inputs.map((i) => formatShape(i.shape)).join(' and ')} differ.`);
      }
      return [float32(inputs[0].shape)];
    },
    ...(gradient === 'constant'
      ? { isConstant: true }
      : { gradient: (rule) => gradient(rule.inputs, rule.output, rule.gradient) }),
    reference({ inputs: [a, b, c], outputs: [out] }) {
      for (let i = 0; i < out.length; i++) out[i] = compute(a[i], b?.[i], c?.[i]);
    },
  };
}

/** Kernels have polynomials of their own for these: `Math` differs from them, and from engine to engine. */
const INEXACT = { inexact: true } as const;

/** NumPy's maximum and minimum hand on NaN; Math.max and Math.min do too. */
const definitions = {
  neg: elementwise(
    'neg',
    (a) => -a,
    (_inputs, _y, g) => [neg(g)],
    { linear: 'jointly' },
  ),
  abs: elementwise('abs', Math.abs, ([x], _y, g) => [where(greater(x, 0), g, where(greater(0, x), neg(g), 0))]),
  exp: elementwise('exp', Math.exp, (_inputs, y, g) => [mul(g, y)], INEXACT),
  log: elementwise('log', Math.log, ([x], _y, g) => [div(g, x)], INEXACT),
  sqrt: elementwise('sqrt', Math.sqrt, (_inputs, y, g) => [div(mul(g, 0.5), y)]),
  tanh: elementwise('tanh', Math.tanh, (_inputs, y, g) => [mul(g, sub(1, mul(y, y)))], INEXACT),
  sigmoid: elementwise(
    'sigmoid',
    (a) => 1 / (1 + Math.exp(-a)),
    (_inputs, y, g) => [mul(g, mul(y, sub(1, y)))],
    INEXACT,
  ),
  relu: elementwise(
    'relu',
    (a) => Math.max(a, 0),
    (_inputs, y, g) => [where(greater(y, 0), g, 0)],
  ),
  add: elementwise(
    'add',
    (a, b) => a + b,
    (_inputs, _y, g) => [g, g],
    { linear: 'jointly' },
  ),
  sub: elementwise(
    'sub',
    (a, b) => a - b,
    (_inputs, _y, g) => [g, neg(g)],
    { linear: 'jointly' },
  ),
  mul: elementwise(
    'mul',
    (a, b) => a * b,
    ([a, b], _y, g) => [mul(g, b), mul(g, a)],
    { linear: [0, 1] },
  ),
  div: elementwise(
    'div',
    (a, b) => a / b,
    ([, b], y, g) => [div(g, b), neg(div(mul(g, y), b))],
    { linear: [0] },
  ),
  maximum: elementwise(
    'maximum',
    (a, b) => Math.max(a, b),
    ([a, b], _y, g) => [where(greaterEqual(a, b), g, 0), where(greaterEqual(a, b), 0, g)],
  ),
  minimum: elementwise(
    'minimum',
    (a, b) => Math.min(a, b),
    ([a, b], _y, g) => [where(greaterEqual(b, a), g, 0), where(greaterEqual(b, a), 0, g)],
  ),
  greater: elementwise('greater', (a, b) => (a > b ? 1 : 0), 'constant'),
  greaterEqual: elementwise('greaterEqual', (a, b) => (a >= b ? 1 : 0), 'constant'),
  equal: elementwise('equal', (a, b) => (a === b ? 1 : 0), 'constant'),
  where: elementwise(
    'where',
    (condition, a, b) => (condition !== 0 ? a : b),
    ([condition], _y, g) => [undefined, where(condition, g, 0), where(condition, 0, g)],
  ),
} as const;

/** The elementwise operations by name. */
export const elementwiseDefinitions = definitions;

function broadcastAll(name: string, operands: readonly TensorLike[]): Tensor[] {
  const tensors = operands.map((operand) => {
    if (typeof operand === 'number') return scalar(operand);
    checkTensor(name, operand, 'a tensor or a number');
    return operand;
  });
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes(name, a, b));
  return tensors.map((t) => broadcastTo(t, shape));
}

function unary(definition: OperationDefinition<NoAttributes>, x: Tensor): Tensor {
  return apply(definition, [x], {});
}

function variadic(definition: OperationDefinition<NoAttributes>, ...operands: TensorLike[]): Tensor {
  return apply(definition, broadcastAll(definition.name, operands), {});
}

/** −x, element by element. */
export const neg = (x: Tensor): Tensor => unary(definitions.neg, x);
/** |x|; its gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor => unary(definitions.abs, x);
/** eˣ. */
export const exp = (x: Tensor): Tensor => unary(definitions.exp, x);
/** Natural logarithm; −∞ at 0, NaN below. */
export const log = (x: Tensor): Tensor => unary(definitions.log, x);
/** Square root; NaN below 0. */
export const sqrt = (x: Tensor): Tensor => unary(definitions.sqrt, x);
/** Hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => unary(definitions.tanh, x);
/** Logistic function 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: Tensor): Tensor => unary(definitions.sigmoid, x);
/** max(x, 0); its gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => unary(definitions.relu, x);
/** x + y, with NumPy's broadcasting, as all operations of two tensors. */
export const add = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.add, x, y);
/** x − y. */
export const sub = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.sub, x, y);
/** x · y, element by element. */
export const mul = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.mul, x, y);
/** x / y. */
export const div = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.div, x, y);
/** The larger of x and y; where they are equal the gradient goes to x. NaN if either is. */
export const maximum = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.maximum, x, y);
/** The smaller of x and y; where they are equal the gradient goes to x. NaN if either is. */
export const minimum = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.minimum, x, y);
/** 1 where x > y, else 0. Comparisons have no gradient. */
export const greater = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.greater, x, y);
/** 1 where x ≥ y, else 0. */
export const greaterEqual = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.greaterEqual, x, y);
/** 1 where x < y, else 0. */
export const less = (x: TensorLike, y: TensorLike): Tensor => greater(y, x);
/** 1 where x ≤ y, else 0. */
export const lessEqual = (x: TensorLike, y: TensorLike): Tensor => greaterEqual(y, x);
/** 1 where x = y, else 0. */
export const equal = (x: TensorLike, y: TensorLike): Tensor => variadic(definitions.equal, x, y);
/** x where the condition is not 0, else y. */
export const where = (condition: TensorLike, x: TensorLike, y: TensorLike): Tensor =>
  variadic(definitions.where, condition, x, y);
/**
 * x limited to [low, high].
 *
 * @throws RangeError if low is above high
 */
export function clip(x: Tensor, low: number, high: number): Tensor {
  if (low > high) throw new RangeError(`clip: low is ${low} and high is ${high}; low must not be above high.`);
  return minimum(maximum(x, low), high);
}

/** x². */
export const square = (x: Tensor): Tensor => mul(x, x);
