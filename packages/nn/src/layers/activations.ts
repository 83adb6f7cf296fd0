import type { Tensor } from '@weft/core';
import { relu, sigmoid, softmax, tanh } from '@weft/core';
import { choice } from '../options/readers.js';

const functions = { linear: (x: Tensor) => x, relu, sigmoid, softmax: (x: Tensor) => softmax(x), tanh } as const;

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
