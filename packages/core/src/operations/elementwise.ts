import { checkTensor } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { integer, scalar } from './constant.js';
import { apply, checkStorage, type OperationDefinition } from './definition.js';
import { shardAlike } from './sharding.js';
import { errorFunction, power, withinTurns } from './special-functions.js';

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

type Compute = (a: number, b: number, c: number) => number;

interface Traits {
  /** Gradients in the operands; `constant` where there are none. */
  readonly gradient: Rule | 'constant';
  /** Kernels have a polynomial of their own for it: `Math` differs from them, and from engine to engine. */
  readonly inexact?: true;
  readonly linear?: 'jointly' | readonly number[];
  /** For operations that int32 have, too: how they are computed. What leaves the range wraps around. */
  readonly integers?: Compute;
  /** Operands in front that say which of the others is taken: always float32. */
  readonly conditions?: 1;
}

/** An operation that computes each element of its output from the elements at the same place of its inputs. */
function record(name: string, compute: Compute, traits: Traits): OperationDefinition<NoAttributes> {
  const { gradient, inexact, linear, integers, conditions = 0 } = traits;
  return {
    name,
    kind: 'elementwise',
    exact: !inexact,
    takes: conditions > 0 ? 'any' : integers ? 'numbers' : 'float32',
    ...(linear && { linear }),
    shard: shardAlike,
    infer(inputs) {
      checkStorage({ name, takes: 'float32' }, inputs.slice(0, conditions));
      checkStorage({ name, takes: integers ? 'numbers' : 'float32' }, inputs.slice(conditions));
      if (inputs.some(({ shape }) => !sameShape(shape, inputs[0].shape))) {
        throw new RangeError(`${name}: shapes ${inputs.map((i) => formatShape(i.shape)).join(' and ')} differ.`);
      }
      const isTruth = gradient === 'constant';
      return [{ shape: inputs[0].shape, dtype: isTruth ? 'float32' : inputs[conditions].dtype }];
    },
    ...(gradient === 'constant'
      ? { isConstant: true }
      : { gradient: (rule) => gradient(rule.inputs, rule.output, rule.gradient) }),
    reference({ inputs: [a, b, c], outputs: [out], inputTypes }) {
      const f = integers && inputTypes[conditions].dtype === 'int32' ? integers : compute;
      for (let i = 0; i < out.length; i++) out[i] = f(a[i], b?.[i], c?.[i]);
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
  const operation = (x: TensorLike, y: TensorLike) => apply(definition, broadcastAll(name, [], [x, y]), {});
  return Object.assign(operation, { definition });
}

/** An operation that says where something holds. */
function comparison(name: string, holds: (a: number, b: number) => boolean): Binary {
  const compute = (a: number, b: number) => (holds(a, b) ? 1 : 0);
  return binary(name, compute, { integers: compute, gradient: 'constant' });
}

/** An operation of a condition and two tensors or numbers, which broadcast. */
function ternary(name: string, compute: Compute, traits: Traits): Ternary {
  const definition = record(name, compute, traits);
  const operation = (condition: TensorLike, x: TensorLike, y: TensorLike) =>
    apply(definition, broadcastAll(name, [condition], [x, y]), {});
  return Object.assign(operation, { definition });
}

/** Tensors of one shape. Numbers among `operands` have the storage of the tensors beside them. */
function broadcastAll(name: string, conditions: readonly TensorLike[], operands: readonly TensorLike[]): Tensor[] {
  const beside = operands.filter((operand) => typeof operand !== 'number');
  const areIntegers = beside.length > 0 && beside.every((operand) => operand?.dtype === 'int32');
  const tensors = [...conditions, ...operands].map((operand, which) => {
    if (typeof operand === 'number') {
      return areIntegers && which >= conditions.length ? integerBeside(name, operand) : scalar(operand);
    }
    checkTensor(name, operand, 'a tensor or a number');
    return operand;
  });
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes(name, a, b));
  return tensors.map((t) => broadcastTo(t, shape));
}

/** @throws RangeError if a number is no int32 */
function integerBeside(name: string, number: number): Tensor {
  if ((number | 0) === number) return integer(number);
  return refuse(name, 'the number beside int32', number, 'an int32. Cast the tensor to float32 for other numbers');
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

/** The largest whole number that is not above x. It has no gradient. */
export const floor: Unary = unary('floor', Math.floor, { gradient: 'constant' });

/** Sine of an angle in radians: to 1e-7 up to 10,000, less well up to 2^22, NaN beyond. */
export const sin: Unary = unary('sin', withinTurns(Math.sin), {
  gradient: ([x], _y, g) => [mul(g, cos(x))],
  inexact: true,
});

/** Cosine of an angle in radians, with the limits of `sin`. */
export const cos: Unary = unary('cos', withinTurns(Math.cos), {
  gradient: ([x], _y, g) => [neg(mul(g, sin(x)))],
  inexact: true,
});

/** Error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export const erf: Unary = unary('erf', errorFunction, {
  gradient: ([x], _y, g) => [mul(g, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))))],
  inexact: true,
});

/** x + y, with NumPy's broadcasting, as all operations of two tensors. int32 wrap around. */
export const add: Binary = binary('add', (a, b) => a + b, {
  integers: (a, b) => a + b,
  gradient: (_inputs, _y, g) => [g, g],
  linear: 'jointly',
});

/** x − y. int32 wrap around. */
export const sub: Binary = binary('sub', (a, b) => a - b, {
  integers: (a, b) => a - b,
  gradient: (_inputs, _y, g) => [g, neg(g)],
  linear: 'jointly',
});

/** x · y, element by element. int32 wrap around. */
export const mul: Binary = binary('mul', (a, b) => a * b, {
  integers: (a, b) => Math.imul(a, b),
  gradient: ([a, b], _y, g) => [mul(g, b), mul(g, a)],
  linear: [0, 1],
});

/** x / y. */
export const div: Binary = binary('div', (a, b) => a / b, {
  gradient: ([, b], y, g) => [div(g, b), neg(div(mul(g, y), b))],
  linear: [0],
});

/**
 * x to the power of y, as IEEE 754 and NumPy define it: 1 where y is 0 or x is 1, NaN where x is negative and y no whole
 * number. Within 2 units in the last place of the truth, 5 where the result is near the ends of float32. `mul(x, x)` and
 * `sqrt(x)` are rounded exactly and faster. The gradient in x is 0 where y is 0; that in y is 0 where x is 0 and y is not
 * negative, and NaN where x is negative.
 *
 * @example
 * pow(tensor([2, 3]), 3); // [8, 27]
 */
export const pow: Binary = binary('pow', power, {
  gradient: ([x, y], result, g) => [
    mul(g, where(equal(y, 0), 0, mul(y, pow(x, sub(y, 1))))),
    mul(g, where(mul(equal(x, 0), greaterEqual(y, 0)), 0, mul(result, log(x)))),
  ],
  inexact: true,
});

/** The larger of x and y; where they are equal the gradient goes to x. NaN if either is. */
export const maximum: Binary = binary('maximum', (a, b) => Math.max(a, b), {
  integers: (a, b) => Math.max(a, b),
  gradient: ([a, b], _y, g) => [where(greaterEqual(a, b), g, 0), where(greaterEqual(a, b), 0, g)],
});

/** The smaller of x and y; where they are equal the gradient goes to x. NaN if either is. */
export const minimum: Binary = binary('minimum', (a, b) => Math.min(a, b), {
  integers: (a, b) => Math.min(a, b),
  gradient: ([a, b], _y, g) => [where(greaterEqual(b, a), g, 0), where(greaterEqual(b, a), 0, g)],
});

/** 1 where x > y, else 0, as float32, also of int32. Comparisons have no gradient. */
export const greater: Binary = comparison('greater', (a, b) => a > b);

/** 1 where x ≥ y, else 0. */
export const greaterEqual: Binary = comparison('greaterEqual', (a, b) => a >= b);

/** 1 where x = y, else 0. */
export const equal: Binary = comparison('equal', (a, b) => a === b);

const chosen = (condition: number, a: number, b: number) => (condition !== 0 ? a : b);

/** x where the condition is not 0, else y. x and y are both float32 or both int32. */
export const where: Ternary = ternary('where', chosen, {
  integers: chosen,
  conditions: 1,
  gradient: ([condition], _y, g) => [undefined, where(condition, g, 0), where(condition, 0, g)],
});
