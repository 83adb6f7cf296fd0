import type { Tensor } from '@weft/core';
import { div, exp, max, relu, sigmoid, sub, sum, tanh } from '@weft/core';
import { oneOf } from '@weft/core/program';

/** What each softmax was made of, so that losses need not take the logarithm of its rounded results. */
const logits = new WeakMap<Tensor, Tensor>();

/** e^x over its sum along the last axis. */
function softmax(x: Tensor): Tensor {
  // Shifted, so that nothing overflows; the result and its gradient do not depend on the shift.
  const powers = exp(sub(x, max(x, -1, { keepDims: true })));
  const result = div(powers, sum(powers, -1, { keepDims: true }));
  logits.set(result, x);
  return result;
}

const functions = { linear: (x: Tensor) => x, relu, sigmoid, softmax, tanh } as const;

/** Names of the functions that layers can end in. */
export type ActivationName = keyof typeof functions;

/** @throws RangeError if there is no activation of that name */
export function activationName(label: string, value: unknown): ActivationName {
  return oneOf(label, 'activation', value, Object.keys(functions) as ActivationName[]);
}

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
  if (activation === 'softmax') return logits.get(x);
  return x.node.operation === 'sigmoid' ? x.node.inputs[0] : undefined;
}
