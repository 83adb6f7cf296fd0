import { describe, expect, it } from 'vitest';
import * as core from '../src/index.js';
import type { TensorMethods } from '../src/tensor/methods.js';
import { expectValues } from './support/compare.js';
import { compute, kernelSets } from './support/kernels.js';
import { readJson } from './support/safetensors.js';

/** A case of primitives.json, which primitives.py has written. */
interface GoldenCase {
  readonly name: string;
  readonly arguments: readonly unknown[];
  readonly inputs: readonly { readonly shape: number[]; readonly values: number[] }[];
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const cases = readJson<GoldenCase[]>('primitives.json');

/** What is applied to the inputs and the arguments, where it is no method of the first input. */
const functions: Readonly<Record<string, (inputs: readonly core.Tensor[], rest: readonly unknown[]) => core.Tensor>> = {
  stack: (inputs, [axis]) => core.stack(inputs, axis as number),
  split: ([x], [places, axis]) =>
    core.concatenate(core.split(x, places as number[], axis as number).reverse(), axis as number),
};

function applied({ name, arguments: rest }: GoldenCase, inputs: readonly core.Tensor[]): core.Tensor {
  if (name in functions) return functions[name](inputs, rest);
  const method = inputs[0][name as keyof TensorMethods] as (...all: unknown[]) => core.Tensor;
  return method.call(inputs[0], ...inputs.slice(1), ...rest);
}

describe.each(kernelSets)('%s kernels agree with PyTorch in float64', (kernels) => {
  it.each(cases.map((each, which) => [`${each.name} (case ${which})`, each] as const))('%s', (_name, golden) => {
    const inputs = golden.inputs.map(({ shape, values }) => core.tensor(Float32Array.from(values), shape));
    const result = applied(golden, inputs);
    expect(result.shape).toEqual(golden.shape);
    const weights = Float32Array.from({ length: result.size }, (_, i) => ((i % 7) - 3) / 4);
    const loss = core.sum(core.mul(result, core.tensor(weights, result.shape)));
    const [values, ...gradients] = compute([result, ...core.grad(loss, inputs)], kernels);
    expectValues(values, golden.values, { scaled: 1e-5 });
    gradients.forEach((gradient, which) => {
      expectValues(gradient, golden.gradients[which], { scaled: 1e-5 }, `gradient ${which}`);
    });
  });
});
