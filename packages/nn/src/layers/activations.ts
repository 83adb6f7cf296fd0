import type { Tensor } from '@weft/core';
import {
  abs,
  add,
  div,
  erf,
  exp,
  greater,
  log,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softmax,
  sub,
  tanh,
  where,
} from '@weft/core';
import { choice } from '../options/readers.js';

/** x above 0, slope x elsewhere. */
export const leakyRelu = (x: Tensor, slope: number | Tensor): Tensor => where(greater(x, 0), x, mul(x, slope));

/** x above 0, alpha (e^x - 1) elsewhere. */
export function elu(x: Tensor, alpha = 1): Tensor {
  // Where x is taken, e^x may be Infinity, and Infinity times a gradient of 0 is NaN: so the exponent is bounded.
  return where(greater(x, 0), x, mul(sub(exp(minimum(x, 0)), 1), alpha));
}

/** ln(1 + e^x), as max(x, 0) + ln(1 + e^-|x|), which overflows nowhere; its gradient at 0 is 1/2. */
export function softplus(x: Tensor): Tensor {
  const distance = abs(x);
  return add(mul(add(x, distance), 0.5), log(add(exp(neg(distance)), 1)));
}

/** x times the logistic function of x. */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

const SQRT_2_OVER_PI = 0.7978845608028654;

/**
 * x/2 (1 + erf(x / sqrt 2)): x times the probability that a standard normal variable is below x; approximately
 * x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
 */
export function gelu(x: Tensor, approximate = false): Tensor {
  const cubic = () => mul(add(x, mul(mul(mul(x, x), x), 0.044715)), SQRT_2_OVER_PI);
  return mul(mul(x, 0.5), add(approximate ? tanh(cubic()) : erf(mul(x, Math.SQRT1_2)), 1));
}

/** x limited to [0, 6]. */
const relu6 = (x: Tensor) => minimum(relu(x), 6);

/** Klambauer et al. (2017), Self-normalizing neural networks, equation 14. */
const selu = (x: Tensor) => mul(elu(x, 1.6732632423543772), 1.0507009873554805);

const functions = {
  linear: (x: Tensor) => x,
  elu: (x: Tensor) => elu(x),
  exponential: exp,
  gelu: (x: Tensor) => gelu(x),
  hardSigmoid: (x: Tensor) => div(relu6(add(x, 3)), 6),
  leakyRelu: (x: Tensor) => leakyRelu(x, 0.2),
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax: (x: Tensor) => softmax(x),
  softplus,
  softsign: (x: Tensor) => div(x, add(abs(x), 1)),
  tanh,
} as const;

/** Names of the functions that layers can end in. */
export type ActivationName = keyof typeof functions;

/** The name of an activation. */
export const activationName = choice(...(Object.keys(functions) as ActivationName[]));

/** The activation's value, element by element; that of softmax over the last axis. */
export function activate(name: ActivationName, x: Tensor): Tensor {
  return functions[name](x);
}

/**
 * What a prediction was the activation of, directly or through reshapes; in the shape from before these.
 *
 * @returns undefined if it comes from another operation
 */
export function logitsOf(prediction: Tensor, activation: 'sigmoid' | 'softmax'): Tensor | undefined {
  let x = prediction;
  while (x.node.operation === 'reshape') [x] = x.node.inputs;
  return x.node.operation === activation ? x.node.inputs[0] : undefined;
}
