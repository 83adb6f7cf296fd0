import type { Tensor } from '@weft/core';
import * as core from '@weft/core';
import { computed, computedOf, type Handler, type ImportContext, required } from './context.js';
import { type OnnxNode, Unsupported } from './node.js';
import { numberIn, type Operand, shapeOf, type Value } from './value.js';

const { abs, add, div, equal, exp, greater, greaterEqual, log, maximum, minimum, mul, neg, relu, sigmoid, sub, where } =
  core;

/** Element by element: the order of axes does not matter. */
const unary =
  (f: (x: Tensor, node: OnnxNode, others: readonly (Value | undefined)[]) => Tensor, kind?: 'truth'): Handler =>
  (node, inputs, context) => {
    const value = computedOf(required(inputs, 0), context);
    return computed(f(value.x, node, inputs.slice(1)), value.isLast, kind ?? value.kind);
  };

/** ln(1 + e^x), without overflow. */
const softplus = (x: Tensor) => add(relu(x), log(add(exp(neg(abs(x))), 1)));

const elu = (x: Tensor, alpha: number) => where(greater(x, 0), x, mul(sub(exp(minimum(x, 0)), 1), alpha));

function gelu(x: Tensor, node: OnnxNode): Tensor {
  if (node.text('approximate', 'none') === 'none') return mul(mul(x, 0.5), add(core.erf(mul(x, Math.SQRT1_2)), 1));
  const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(mul(x, 0.5), add(core.tanh(inner), 1));
}

/** Between bounds, which are inputs since opset 11. */
function clip(x: Tensor, node: OnnxNode, [low, high]: readonly (Value | undefined)[]): Tensor {
  const bounds = [low, high].map((bound, which) => {
    if (bound === undefined) return node.has(['min', 'max'][which]) ? node.float(['min', 'max'][which], 0) : undefined;
    const number = numberIn(bound);
    if (number === undefined) throw new Unsupported('its bounds are no numbers that are known');
    return number;
  });
  if (bounds[0] === 0 && bounds[1] === undefined) return relu(x);
  const raised = bounds[0] === undefined ? x : maximum(x, bounds[0]);
  return bounds[1] === undefined ? raised : minimum(raised, bounds[1]);
}

const hardSigmoid = (x: Tensor, alpha: number, beta: number) => maximum(minimum(add(mul(x, alpha), beta), 1), 0);

/** 1 - x of 0 and 1. */
const not = (x: Tensor) => sub(1, x);

/** Operands of one rank, with channels last where one of them has them so. */
function aligned(
  inputs: readonly (Value | undefined)[],
  context: ImportContext,
): { readonly operands: readonly Operand[]; readonly isLast: boolean; readonly kind: 'float' | 'integer' | 'truth' } {
  const values = inputs.map((_, which) => required(inputs, which));
  const rank = Math.max(...values.map((value) => shapeOf(value).length));
  const isLast = values.some((value) => value.is === 'computed' && value.isLast && value.x.shape.length === rank);
  const isWhole = (value: Value) => value.is === 'computed' && value.x.shape.length === rank;
  const isBesideWhole = values.some(isWhole);
  const operands = values.map((value) => context.operand(value, rank, isLast, isBesideWhole));
  const kinds = values.map(({ kind }) => kind);
  // A number beside others has their kind.
  const kind = kinds.includes('float') ? 'float' : kinds.includes('integer') ? 'integer' : 'truth';
  return { operands, isLast, kind };
}

/** @throws Unsupported if there is nothing but numbers, which were to be folded */
function asTensor(operand: Operand): Tensor {
  return typeof operand === 'number' ? core.tensor([operand], []) : operand;
}

const binary =
  (f: (a: Operand, b: Operand) => Tensor, kind?: 'truth'): Handler =>
  (_node, inputs, context) => {
    const { operands, isLast, kind: common } = aligned(inputs, context);
    const [a, b] = operands.length === 2 ? operands : [operands[0], operands[0]];
    const whole = a instanceof core.Tensor || b instanceof core.Tensor ? a : asTensor(a);
    return computed(f(whole, b), isLast, kind ?? common);
  };

const variadic =
  (f: (a: Operand, b: Operand) => Tensor): Handler =>
  (_node, inputs, context) => {
    const { operands, isLast, kind } = aligned(inputs, context);
    return computed(asTensor(operands.reduce((a, b) => f(typeof a === 'number' ? asTensor(a) : a, b))), isLast, kind);
  };

const mean: Handler = (node, inputs, context) => {
  const [sum] = [variadic(add)(node, inputs, context)].flat() as Value[];
  const { x, isLast } = computedOf(sum, context);
  return computed(mul(x, 1 / inputs.length), isLast);
};

/** A quotient; of whole numbers it is cut towards zero. */
const divide: Handler = (node, inputs, context) => {
  const { kind } = aligned(inputs, context);
  if (kind !== 'float') throw new Unsupported('it divides whole numbers that are computed from examples');
  return binary(div)(node, inputs, context);
};

const prelu: Handler = (_node, inputs, context) => {
  const { operands, isLast } = aligned(inputs.slice(0, 2), context);
  const x = asTensor(operands[0]);
  return computed(where(greater(x, 0), x, mul(operands[1], x)), isLast);
};

const choose: Handler = (_node, inputs, context) => {
  const { operands, isLast } = aligned(inputs, context);
  const kind = required(inputs, 1).kind;
  return computed(where(asTensor(operands[0]), operands[1], operands[2]), isLast, kind);
};

const castTo: Handler = (node, inputs, context) => {
  const value = computedOf(required(inputs, 0), context);
  const to = node.int('to', 1);
  if ([1, 10, 11].includes(to)) return computed(core.cast(value.x, 'float32'), value.isLast, 'float');
  if ([3, 5, 6, 7, 12, 13].includes(to)) return computed(core.cast(value.x, 'int32'), value.isLast, 'integer');
  if (to !== 9) throw new Unsupported(`it makes the type ${to} of ONNX`);
  return computed(value.kind === 'truth' ? value.x : sub(1, equal(value.x, 0)), value.isLast, 'truth');
};

/** Operators that compute each element by itself. */
export const elementwiseHandlers: Readonly<Record<string, Handler>> = {
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(core.tanh),
  Exp: unary(exp),
  Log: unary(log),
  Sqrt: unary(core.sqrt),
  Abs: unary(abs),
  Neg: unary(neg),
  Floor: unary(core.floor),
  Ceil: unary((x) => neg(core.floor(neg(x)))),
  Sin: unary(core.sin),
  Cos: unary(core.cos),
  Erf: unary(core.erf),
  Reciprocal: unary((x) => div(1, x)),
  Sign: unary((x) => sub(greater(x, 0), greater(0, x))),
  Softplus: unary(softplus),
  Softsign: unary((x) => div(x, add(abs(x), 1))),
  Mish: unary((x) => mul(x, core.tanh(softplus(x)))),
  Swish: unary((x, node) => mul(x, sigmoid(mul(x, node.float('alpha', 1))))),
  Elu: unary((x, node) => elu(x, node.float('alpha', 1))),
  Selu: unary((x, node) => mul(elu(x, node.float('alpha', 1.6732632)), node.float('gamma', 1.050701))),
  Celu: unary((x, node) => {
    const alpha = node.float('alpha', 1);
    return add(relu(x), minimum(mul(sub(exp(div(minimum(x, 0), alpha)), 1), alpha), 0));
  }),
  LeakyRelu: unary((x, node) => where(greater(x, 0), x, mul(x, node.float('alpha', 0.01)))),
  ThresholdedRelu: unary((x, node) => where(greater(x, node.float('alpha', 1)), x, 0)),
  Gelu: unary(gelu),
  HardSigmoid: unary((x, node) => hardSigmoid(x, node.float('alpha', 0.2), node.float('beta', 0.5))),
  HardSwish: unary((x) => mul(x, hardSigmoid(x, 1 / 6, 0.5))),
  Clip: unary(clip),
  Not: unary(not, 'truth'),
  Add: binary(add),
  Sub: binary(sub),
  Mul: binary(mul),
  Div: divide,
  Pow: binary((a, b) => (b === 2 ? mul(a, a) : core.pow(a, b))),
  Max: variadic(maximum),
  Min: variadic(minimum),
  Sum: variadic(add),
  Mean: mean,
  PRelu: prelu,
  Equal: binary(equal, 'truth'),
  Greater: binary(greater, 'truth'),
  GreaterOrEqual: binary(greaterEqual, 'truth'),
  Less: binary((a, b) => greater(b, a), 'truth'),
  LessOrEqual: binary((a, b) => greaterEqual(b, a), 'truth'),
  And: binary(mul, 'truth'),
  Or: binary(maximum, 'truth'),
  Where: choose,
  Cast: castTo,
};
