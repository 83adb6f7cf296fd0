import { describe, expect, it } from 'vitest';
import { square } from '../src/compositions/arithmetic.js';
import { mean } from '../src/compositions/reductions.js';
import { sum } from '../src/operations/broadcast.js';
import { conv2d } from '../src/operations/conv2d.js';
import { add, exp, mul, relu, sigmoid, sub, tanh } from '../src/operations/elementwise.js';
import { grad } from '../src/operations/gradient.js';
import { matmul } from '../src/operations/matmul.js';
import { maxPool2d } from '../src/operations/pooling.js';
import { upsample2d } from '../src/operations/upsample2d.js';
import type { TypedArray } from '../src/tensor/shape.js';
import type { Tensor } from '../src/tensor/tensor.js';
import { expectValues } from './support/compare.js';
import { compute, computeByReference, convolutionOptions, kernelSets } from './support/kernels.js';
import { leafOf, readJson, readSafetensors } from './support/safetensors.js';

/** A case of operators.json; the options are those of its operation. */
interface GoldenCase {
  readonly name: string;
  readonly op: string;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: 'same' | 'valid';
  readonly pool: number;
  readonly size: number;
}

const { cases } = readJson<{ cases: GoldenCase[] }>('operators.json');
const golden = readSafetensors('operators.safetensors');

type Operands = Readonly<Record<string, Tensor>>;

/** For each operation the names of its operands, what it computes, and the name of that. */
const operations: Readonly<Record<string, readonly [string[], (operands: Operands, options: GoldenCase) => Tensor]>> = {
  conv2d: [
    ['x', 'weight', 'bias'],
    ({ x, weight, bias }, { stride, dilation, padding }) =>
      add(conv2d(x, weight, { strides: stride, dilation, padding }), bias),
  ],
  max_pool2d: [['x'], ({ x }, { pool, stride, padding }) => maxPool2d(x, pool, { strides: stride, padding })],
  upsample2d: [['x'], ({ x }, { size }) => upsample2d(x, size)],
  matmul: [['a', 'b'], ({ a, b }) => matmul(a, b)],
  relu: [['x'], ({ x }) => relu(x)],
  sigmoid: [['x'], ({ x }) => sigmoid(x)],
  tanh: [['x'], ({ x }) => tanh(x)],
  exp: [['x'], ({ x }) => exp(x)],
};

/** What a case computes, by the names under which the truth is stored. */
function computed(options: GoldenCase): Map<string, Tensor> {
  const { name, op } = options;
  const value = (key: string) => leafOf(golden.get(`${name}/${key}`) ?? expect.fail(`${name}/${key} is not stored`));
  if (op === 'mse_loss') {
    const prediction = value('prediction');
    const loss = mean(square(sub(prediction, value('target'))));
    return new Map([
      ['loss', loss],
      ['gprediction', grad(loss, [prediction])[0]],
    ]);
  }
  const [names, apply] = operations[op] ?? expect.fail(`no operation for the golden case ${name} of ${op}`);
  const operands = Object.fromEntries(names.map((key) => [key, value(key)]));
  const y = apply(operands, options);
  const gradients = grad(sum(mul(y, value('gy'))), Object.values(operands));
  return new Map([['y', y], ...names.map((key, which) => [`g${key}`, gradients[which]] as const)]);
}

function expectGolden(options: GoldenCase, run: (tensors: readonly Tensor[]) => TypedArray[]): void {
  const wanted = computed(options);
  const values = run([...wanted.values()]);
  [...wanted].forEach(([key, { shape }], which) => {
    const truth = golden.get(`${options.name}/${key}`) ?? expect.fail(`${key} is not stored`);
    // A loss is stored as one element with an axis of its own.
    expect(key === 'loss' ? [1] : shape).toEqual(truth.shape);
    expectValues(values[which], truth.values);
  });
}

describe('golden values', () => {
  it('are all asked for', () => {
    const asked = cases.flatMap((options) => [...computed(options).keys()].map((key) => `${options.name}/${key}`));
    const stored = [...golden.keys()].filter((key) => /\/(y|loss|g(?!y$).+)$/.test(key));
    expect(asked.sort()).toEqual(stored.sort());
  });

  describe.each(kernelSets)('%s kernels', (kernels) => {
    it.each(cases)('$name: values and gradients', (options) => {
      expectGolden(options, (tensors) => compute(tensors, kernels));
    });
  });

  const convolutions = cases.filter(({ op }) => op === 'conv2d' || op === 'upsample2d');

  describe.each(convolutionOptions)('convolutions by %s', (option) => {
    it.each(convolutions)('$name, reference kernels', (options) => {
      expectGolden(options, (tensors) => computeByReference(tensors, option));
    });

    it.each(convolutions)('$name, WebAssembly', (options) => {
      expectGolden(options, (tensors) => compute(tensors, 'wasm', option));
    });
  });
});
