import { checkTensor } from '../tensor/describe.js';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { scalar } from './constant.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardAlike } from './sharding.js';

type NoAttributes = Record<string, never>;
/** Anything that stands for a tensor in arithmetic: a tensor, or a number that broadcasts. */
export type TensorLike = Tensor | number;

/** An operation as a function on tensors, with its record: `operations/table.ts` collects the records of this file. */
export interface Elementwise<Operands extends readonly TensorLike[]> {
  (...operands: Operands): Tensor;
  readonly definition: OperationDefinition<NoAttributes>;
}

export type Unary = Elementwise<[x: Tensor]>;
export type Binary = Elementwise<[x: TensorLike, y: TensorLike]>;
export type Ternary = Elementwise<[condition: TensorLike, x: TensorLike, y: TensorLike]>;

type Rule = (inputs: readonly Tensor[], output: Tensor, gradient: Tensor) => (Tensor | undefined)[];

interface Traits {
  /** Gradients in the operands; `constant` where there are none. */
  readonly gradient: Rule | 'constant';
  /** Kernels have a polynomial of their own for it: `Math` differs from them, and from engine to engine. */
  readonly inexact?: true;
  readonly linear?: 'jointly' | readonly number[];
}

type Compute = (a: number, b: number, c: number) => number;

/** An operation that computes each element of its output from the elements at the same place of its inputs. */
function record(name: string, compute: Compute, traits: Traits): OperationDefinition<NoAttributes> {
  const { gradient, inexact, linear } = traits;
  return {
    name,
    kind: 'elementwise',
    exact: !inexact,
    ...(linear && { linear }),
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

/** An operation of one tensor. */
function unary(name: string, compute: Compute, traits: Traits): Unary {
  const definition = record(name, compute, traits);
  return Object.assign((x: Tensor) => apply(definition, [x], {}), { definition });
}

/** An operation of two tensors or numbers, which broadcast. It takes no more, so that `tensors.reduce(add)` works. */
function binary(name: string, compute: Compute, traits: Traits): Binary {
  const definition = record(name, compute, traits);
  const operation = (x: TensorLike, y: TensorLike) => apply(definition, broadcastAll(name, [x, y]), {});
  return Object.assign(operation, { definition });
}

/** An operation of a condition and two tensors or numbers, which broadcast. */
function ternary(name: string, compute: Compute, traits: Traits): Ternary {
  const definition = record(name, compute, traits);
  const operation = (condition: TensorLike, x: TensorLike, y: TensorLike) =>
    apply(definition, broadcastAll(name, [condition, x, y]), {});
  return Object.assign(operation, { definition });
}

function broadcastAll(name: string, operands: readonly TensorLike[]): Tensor[] {
  const tensors = operands.map((operand) => {
    if (typeof operand === 'number') return scalar(operand);
    checkTensor(name, operand, 'a tensor or a number');
    return operand;
  });
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes(name, a, b));
  return tensors.map((t) => broadcastTo(t, shape));
}

/** −x, element by element. */
export const neg: Unary = unary('neg', (a) => -a, { gradient: (_inputs, _y, g) => [neg(g)], linear: 'jointly' });

/** |x|; its gradient at 0 is 0. */
export const abs: Unary = unary('abs', Math.abs, {
  gradient: ([x], _y, g) => [where(greater(x, 0), g, where(greater(0, x), neg(g), 0))],
});

/** eˣ. */
export const exp: Unary = unary('exp', Math.exp, { gradient: (_inputs, y, g) => [mul(g, y)], inexact: true });

/** Natural logarithm; −∞ at 0, NaN below. */
export const log: Unary = unary('log', Math.log, { gradient: ([x], _y, g) => [div(g, x)], inexact: true });

/** Square root; NaN below 0. */
export const sqrt: Unary = unary('sqrt', Math.sqrt, { gradient: (_inputs, y, g) => [div(mul(g, 0.5), y)] });

/** Hyperbolic tangent. */
export const tanh: Unary = unary('tanh', Math.tanh, {
  gradient: (_inputs, y, g) => [mul(g, sub(1, mul(y, y)))],
  inexact: true,
});

/** Logistic function 1 / (1 + e⁻ˣ). */
export const sigmoid: Unary = unary('sigmoid', (a) => 1 / (1 + Math.exp(-a)), {
  gradient: (_inputs, y, g) => [mul(g, mul(y, sub(1, y)))],
  inexact: true,
});

/** max(x, 0); its gradient at 0 is 0. */
export const relu: Unary = unary('relu', (a) => Math.max(a, 0), {
  gradient: (_inputs, y, g) => [where(greater(y, 0), g, 0)],
});

/** x + y, with NumPy's broadcasting, as all operations of two tensors. */
export const add: Binary = binary('add', (a, b) => a + b, {
  gradient: (_inputs, _y, g) => [g, g],
  linear: 'jointly',
});

/** x − y. */
export const sub: Binary = binary('sub', (a, b) => a - b, {
  gradient: (_inputs, _y, g) => [g, neg(g)],
  linear: 'jointly',
});

/** x · y, element by element. */
export const mul: Binary = binary('mul', (a, b) => a * b, {
  gradient: ([a, b], _y, g) => [mul(g, b), mul(g, a)],
  linear: [0, 1],
});

/** x / y. */
export const div: Binary = binary('div', (a, b) => a / b, {
  gradient: ([, b], y, g) => [div(g, b), neg(div(mul(g, y), b))],
  linear: [0],
});

/** The larger of x and y; where they are equal the gradient goes to x. NaN if either is. */
export const maximum: Binary = binary('maximum', (a, b) => Math.max(a, b), {
  gradient: ([a, b], _y, g) => [where(greaterEqual(a, b), g, 0), where(greaterEqual(a, b), 0, g)],
});

/** The smaller of x and y; where they are equal the gradient goes to x. NaN if either is. */
export const minimum: Binary = binary('minimum', (a, b) => Math.min(a, b), {
  gradient: ([a, b], _y, g) => [where(greaterEqual(b, a), g, 0), where(greaterEqual(b, a), 0, g)],
});

/** 1 where x > y, else 0. Comparisons have no gradient. */
export const greater: Binary = binary('greater', (a, b) => (a > b ? 1 : 0), { gradient: 'constant' });

/** 1 where x ≥ y, else 0. */
export const greaterEqual: Binary = binary('greaterEqual', (a, b) => (a >= b ? 1 : 0), { gradient: 'constant' });

/** 1 where x = y, else 0. */
export const equal: Binary = binary('equal', (a, b) => (a === b ? 1 : 0), { gradient: 'constant' });

/** x where the condition is not 0, else y. */
export const where: Ternary = ternary('where', (condition, a, b) => (condition !== 0 ? a : b), {
  gradient: ([condition], _y, g) => [undefined, where(condition, g, 0), where(condition, 0, g)],
});
