import type { Tensor } from '@weft/core';
import { relu, sigmoid, tanh } from '@weft/core';
import { oneOf } from '@weft/core/program';

const functions = { linear: (x: Tensor) => x, relu, sigmoid, tanh } as const;

/** Names of the functions that layers can end in. */
export type ActivationName = keyof typeof functions;

/** @throws RangeError if there is no activation of that name */
export function activationName(label: string, value: unknown): ActivationName {
  return oneOf(label, 'activation', value, Object.keys(functions) as ActivationName[]);
}

/** The activation's value, element by element. */
export function activate(name: ActivationName, x: Tensor): Tensor {
  return functions[name](x);
}
