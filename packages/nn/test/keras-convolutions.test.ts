import { readFileSync } from 'node:fs';
import { compute, grad, mul, sum, tensor } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.js';

interface Golden {
  readonly layer: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly outputShape: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly output: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const { cases }: { readonly cases: readonly Golden[] } = JSON.parse(
  readFileSync(new URL('./fixtures/keras-convolutions.json', import.meta.url), 'utf8'),
);

/** The script's numbers: three decimals of a sine. */
const numbers = (shape: readonly number[], phase: number) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.round(Math.sin(i * 1.7 + phase) * 1000) / 1000);

/** Within 1e-5 of the largest magnitude. */
function expectClose(got: ArrayLike<number>, want: readonly number[], what: string): void {
  expect(got.length, what).toBe(want.length);
  const allowed = 1e-5 * Math.max(...want.map(Math.abs));
  want.forEach((value, i) => {
    expect(Math.abs(got[i] - value), `${what}, element ${i}: ${got[i]}, expected ${value}`).toBeLessThanOrEqual(
      allowed,
    );
  });
}

describe.each(['reference', 'wasm'] as const)('values and gradients are those of Keras, %s kernels', (kernels) => {
  it.each(cases.map((each) => [`${each.layer} of [${each.shape}] ${JSON.stringify(each.options)}`, each] as const))(
    '%s',
    (_name, { layer: type, options, shape, outputShape, weights, output, gradients }) => {
      const Layer = (nn as unknown as Record<string, new (options: object) => nn.BaseLayer>)[type];
      const layer = new Layer(options);
      const symbol = nn.input({ shape: shape.slice(1) });
      const model = new nn.Model({ inputs: symbol, outputs: layer.apply(symbol) });
      expect(layer.weights.map((weight) => weight.shape)).toEqual(weights);
      layer.weights.forEach((weight, which) => {
        weight.assign(numbers(weight.shape, which + 1));
      });
      const x = tensor(numbers(shape, 0), shape);
      const y = model.call(x);
      expect(y.shape).toEqual(outputShape);
      expect(layer.outputShape(shape.slice(1))).toEqual(outputShape.slice(1));
      const loss = sum(mul(y, tensor(numbers(y.shape, 9), y.shape)));
      const got = compute([y, ...grad(loss, [x, ...layer.weights.map((weight) => weight.tensor)])], { kernels });
      expectClose(got[0], output, 'output');
      gradients.forEach((want, which) => {
        expectClose(
          got[which + 1],
          want,
          which === 0 ? 'gradient in the input' : layer.weights[which - 1].shape.join(),
        );
      });
    },
  );
});
