import { type Binary, binary, comparison, type Ternary, ternary, type Unary, unary } from './elementwise-record.js';
import { errorFunction, power, withinTurns } from './special-functions.js';

export type { Binary, Elementwise, TensorLike, Ternary, Unary } from './elementwise-record.js';

/**
 * −x, element by element.
 *
 * @example
 * neg(tensor([1, -2])); // [-1, 2]
 */
export const neg: Unary = unary('neg', (a) => -a, { gradient: (_inputs, _y, g) => [neg(g)], linear: 'jointly' });

/**
 * |x|; its gradient at 0 is 0.
 *
 * @example
 * abs(tensor([1, -2])); // [1, 2]
 */
export const abs: Unary = unary('abs', Math.abs, {
  gradient: ([x], _y, g) => [where(greater(x, 0), g, where(greater(0, x), neg(g), 0))],
});

/**
 * eˣ.
 *
 * @example
 * exp(tensor([0, 1])); // [1, 2.71828]
 */
export const exp: Unary = unary('exp', Math.exp, { gradient: (_inputs, y, g) => [mul(g, y)], inexact: true });

/**
 * Natural logarithm; −∞ at 0, NaN below.
 *
 * @example
 * log(tensor([1, 10])); // [0, 2.30259]
 */
export const log: Unary = unary('log', Math.log, { gradient: ([x], _y, g) => [div(g, x)], inexact: true });

/**
 * Square root; NaN below 0.
 *
 * @example
 * sqrt(tensor([4, 9])); // [2, 3]
 */
export const sqrt: Unary = unary('sqrt', Math.sqrt, { gradient: (_inputs, y, g) => [div(mul(g, 0.5), y)] });

/**
 * Hyperbolic tangent.
 *
 * @example
 * tanh(tensor([0, 1])); // [0, 0.76159]
 */
export const tanh: Unary = unary('tanh', Math.tanh, {
  gradient: (_inputs, y, g) => [mul(g, sub(1, mul(y, y)))],
  inexact: true,
});

/**
 * Logistic function 1 / (1 + e⁻ˣ).
 *
 * @example
 * sigmoid(tensor([0, 2])); // [0.5, 0.8808]
 */
export const sigmoid: Unary = unary('sigmoid', (a) => 1 / (1 + Math.exp(-a)), {
  gradient: (_inputs, y, g) => [mul(g, mul(y, sub(1, y)))],
  inexact: true,
});

/**
 * max(x, 0); its gradient at 0 is 0.
 *
 * @example
 * relu(tensor([-1, 2])); // [0, 2]
 */
export const relu: Unary = unary('relu', (a) => Math.max(a, 0), {
  gradient: (_inputs, y, g) => [where(greater(y, 0), g, 0)],
});

/**
 * The largest whole number that is not above x. It has no gradient.
 *
 * @example
 * floor(tensor([1.5, -1.5])); // [1, -2]
 */
export const floor: Unary = unary('floor', Math.floor, { gradient: 'constant' });

/**
 * Sine of an angle in radians: to 1e-7 up to 10,000, less well up to 2^22, NaN beyond.
 *
 * @example
 * sin(tensor([0, Math.PI / 6])); // [0, 0.5]
 */
export const sin: Unary = unary('sin', withinTurns(Math.sin), {
  gradient: ([x], _y, g) => [mul(g, cos(x))],
  inexact: true,
});

/**
 * Cosine of an angle in radians, with the limits of `sin`.
 *
 * @example
 * cos(tensor([0, Math.PI / 3])); // [1, 0.5]
 */
export const cos: Unary = unary('cos', withinTurns(Math.cos), {
  gradient: ([x], _y, g) => [neg(mul(g, sin(x)))],
  inexact: true,
});

/**
 * Error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.
 *
 * @example
 * erf(tensor([0, 1])); // [0, 0.8427]
 */
export const erf: Unary = unary('erf', errorFunction, {
  gradient: ([x], _y, g) => [mul(g, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))))],
  inexact: true,
});

/**
 * x + y, with NumPy's broadcasting, as all operations of two tensors. int32 wrap around.
 *
 * @example
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])); // [[11, 22], [13, 24]]
 */
export const add: Binary = binary('add', (a, b) => a + b, {
  integers: (a, b) => a + b,
  gradient: (_inputs, _y, g) => [g, g],
  linear: 'jointly',
});

/**
 * x − y. int32 wrap around.
 *
 * @example
 * sub(tensor([3, 4]), 1); // [2, 3]
 */
export const sub: Binary = binary('sub', (a, b) => a - b, {
  integers: (a, b) => a - b,
  gradient: (_inputs, _y, g) => [g, neg(g)],
  linear: 'jointly',
});

/**
 * x · y, element by element. int32 wrap around.
 *
 * @example
 * mul(tensor([3, 4]), tensor([2, 0.5])); // [6, 2]
 */
export const mul: Binary = binary('mul', (a, b) => a * b, {
  integers: (a, b) => Math.imul(a, b),
  gradient: ([a, b], _y, g) => [mul(g, b), mul(g, a)],
  linear: [0, 1],
});

/**
 * x / y.
 *
 * @example
 * div(1, tensor([2, 4])); // [0.5, 0.25]
 */
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

/**
 * The larger of x and y; where they are equal the gradient goes to x. NaN if either is.
 *
 * @example
 * maximum(tensor([1, 5]), tensor([2, 3])); // [2, 5]
 */
export const maximum: Binary = binary('maximum', (a, b) => Math.max(a, b), {
  integers: (a, b) => Math.max(a, b),
  gradient: ([a, b], _y, g) => [where(greaterEqual(a, b), g, 0), where(greaterEqual(a, b), 0, g)],
});

/**
 * The smaller of x and y; where they are equal the gradient goes to x. NaN if either is.
 *
 * @example
 * minimum(tensor([1, 5]), 3); // [1, 3]
 */
export const minimum: Binary = binary('minimum', (a, b) => Math.min(a, b), {
  integers: (a, b) => Math.min(a, b),
  gradient: ([a, b], _y, g) => [where(greaterEqual(b, a), g, 0), where(greaterEqual(b, a), 0, g)],
});

/**
 * 1 where x > y, else 0, as float32, also of int32. Comparisons have no gradient.
 *
 * @example
 * greater(tensor([1, 2, 3]), 2); // [0, 0, 1]
 */
export const greater: Binary = comparison('greater', (a, b) => a > b);

/**
 * 1 where x ≥ y, else 0.
 *
 * @example
 * greaterEqual(tensor([1, 2, 3]), 2); // [0, 1, 1]
 */
export const greaterEqual: Binary = comparison('greaterEqual', (a, b) => a >= b);

/**
 * 1 where x = y, else 0.
 *
 * @example
 * equal(tensor([1, 2, 3]), 2); // [0, 1, 0]
 */
export const equal: Binary = comparison('equal', (a, b) => a === b);

const chosen = (condition: number, a: number, b: number) => (condition !== 0 ? a : b);

/**
 * x where the condition is not 0, else y. x and y are both float32 or both int32.
 *
 * @example
 * const x = tensor([-2, 3]);
 * where(greater(x, 0), x, mul(x, 0.1)); // [-0.2, 3]
 */
export const where: Ternary = ternary('where', chosen, {
  integers: chosen,
  conditions: 1,
  gradient: ([condition], _y, g) => [undefined, where(condition, g, 0), where(condition, 0, g)],
});
